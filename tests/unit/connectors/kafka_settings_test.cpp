// What the options of kafka take and refuse, and in which words.

#include <gmock/gmock.h>

#include "config/option_table.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "connectors/kafka/source_settings.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::kafka;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string with(const std::string& more) { return "topic: t\nbootstrap_servers: k1\n" + more; }

SourceSettings source(const std::string& yaml) {
  return settings_from(source_options(), with("group_id: g\n" + yaml)).value();
}
SinkSettings sink(const std::string& yaml) { return settings_from(sink_options(), with(yaml)).value(); }

std::string source_problems(const std::string& yaml) {
  std::string problems;
  settings_from(source_options(), yaml, "/", &problems);
  return problems;
}
std::string sink_problems(const std::string& yaml) {
  std::string problems;
  settings_from(sink_options(), yaml, "/", &problems);
  return problems;
}

TEST(KafkaSourceSettings, SayWhatIsUsualWhereNothingIsSaid) {
  const SourceSettings settings = source("");
  EXPECT_THAT(settings.topics, ElementsAre("t"));
  EXPECT_THAT(settings.bootstrap_servers, ElementsAre("k1"));
  EXPECT_EQ(settings.auto_offset_reset, Beginning::latest);
  EXPECT_EQ(settings.value_deserializer, codec::find_format("json"));
  EXPECT_EQ(settings.key_deserializer, KeyForm::string);
  EXPECT_EQ(settings.isolation_level, Isolation::read_committed);
  EXPECT_EQ(settings.session_timeout, 45s);
  EXPECT_EQ(settings.heartbeat_interval, 3s);
  EXPECT_FALSE(settings.stop_at_end);
  EXPECT_FALSE(settings.enable_auto_commit);
  EXPECT_FALSE(settings.start_timestamp);
}

TEST(KafkaSourceSettings, ReadWhatIsSaid) {
  const SourceSettings settings =
      settings_from(source_options(),
                    "bootstrap_servers: [k1:9093, '[::1]:9092']\n"
                    "topic: [a, '^b.*']\ngroup_id: g\nauto_offset_reset: earliest\n"
                    "value_deserializer: bytes\nkey_deserializer: bytes\n"
                    "max_poll_records: 10\nsession_timeout_ms: 6000\n"
                    "heartbeat_interval_ms: 2000\nenable_auto_commit: true\n"
                    "isolation_level: read_uncommitted\ninstance_id: i\nrack_id: r\n"
                    "stop_at: end\nkafka_config: {fetch.min.bytes: 100}")
          .value();
  EXPECT_THAT(settings.bootstrap_servers, ElementsAre("k1:9093", "[::1]:9092"));
  EXPECT_THAT(settings.topics, ElementsAre("a", "^b.*"));
  EXPECT_EQ(settings.auto_offset_reset, Beginning::earliest);
  EXPECT_EQ(settings.value_deserializer, codec::find_format("bytes"));
  EXPECT_EQ(settings.key_deserializer, KeyForm::bytes);
  EXPECT_EQ(settings.max_poll_records, 10U);
  EXPECT_EQ(settings.session_timeout, 6s);
  EXPECT_EQ(settings.heartbeat_interval, 2s);
  EXPECT_TRUE(settings.enable_auto_commit);
  EXPECT_EQ(settings.isolation_level, Isolation::read_uncommitted);
  EXPECT_EQ(settings.instance_id, "i");
  EXPECT_EQ(settings.rack_id, "r");
  EXPECT_TRUE(settings.stop_at_end);
  EXPECT_THAT(settings.kafka_config, ElementsAre(Pair("fetch.min.bytes", "100")));
}

TEST(KafkaSourceSettings, BeginAtATime) {
  EXPECT_EQ(source("start_timestamp: 1500").start_timestamp, 1500ms);
  EXPECT_EQ(source("start_timestamp: '1970-01-01T01:00:01.5+01:00'").start_timestamp, 1500ms);
  for (const std::string wrong : {"yesterday", "-1", "'1970-01-01T00:00:01'"}) {
    EXPECT_THAT(source_problems(with("group_id: g\nstart_timestamp: " + wrong)),
                HasSubstr("is no point in time"))
        << wrong;
  }
  EXPECT_THAT(source_problems(with("group_id: g\nauto_offset_reset: latest\nstart_timestamp: 1")),
              HasSubstr("'start_timestamp' is given beside 'auto_offset_reset'"));
}

TEST(KafkaSourceSettings, NameWhatIsMissing) {
  EXPECT_THAT(source_problems("topic: t\nbootstrap_servers: k1"), HasSubstr("'group_id'"));
  EXPECT_THAT(source_problems("group_id: g\nbootstrap_servers: k1"), HasSubstr("'topic'"));
  EXPECT_THAT(source_problems("group_id: g\ntopic: t"), HasSubstr("'bootstrap_servers'"));
}

TEST(KafkaSourceSettings, TakeServersAsKafkasOwnClientsWriteThem) {
  const auto servers = [](const std::string& given) {
    return settings_from(source_options(), "topic: t\ngroup_id: g\nbootstrap_servers: " + given)
        .value()
        .bootstrap_servers;
  };
  EXPECT_THAT(servers("'k1:9092,k2:9093, k3'"), ElementsAre("k1:9092", "k2:9093", "k3"));
  EXPECT_THAT(servers("['k1:9092,k2', k3]"), ElementsAre("k1:9092", "k2", "k3"));
}

TEST(KafkaSourceSettings, RefuseWhatIsNoServer) {
  const auto problem = [](const std::string& server) {
    return source_problems("topic: t\ngroup_id: g\nbootstrap_servers: '" + server + "'");
  };
  EXPECT_THAT(problem("k1:0"), HasSubstr("has no valid port"));
  EXPECT_THAT(problem("k1:65536"), HasSubstr("has no valid port"));
  EXPECT_THAT(problem("k1:x"), HasSubstr("has no valid port"));
  EXPECT_THAT(problem(":9092"), HasSubstr("has no host"));
  EXPECT_THAT(problem("kafka://k1:9092"), HasSubstr("has a scheme, which belongs to a URI only"));
  EXPECT_THAT(problem("k1,"), HasSubstr("has no host"));
  EXPECT_THAT(problem("a b"), HasSubstr("is no host with a port"));
  EXPECT_THAT(problem("[::1"), HasSubstr("lacks the closing bracket"));
  EXPECT_THAT(problem("[::1]x"), HasSubstr("has no valid port"));
  EXPECT_EQ(problem("k1"), "");
  EXPECT_EQ(problem("[::1]:1"), "");
  EXPECT_EQ(problem("k1:65535"), "");
}

TEST(KafkaSourceSettings, RefuseTopicsThatKafkaRefuses) {
  const auto problem = [](const std::string& topic) {
    return source_problems("bootstrap_servers: k1\ngroup_id: g\ntopic: '" + topic + "'");
  };
  EXPECT_THAT(problem("a b"), HasSubstr("topic 'a b'"));
  EXPECT_THAT(problem("a/b"), HasSubstr("a regular expression begins with '^'"));
  EXPECT_THAT(problem("."), HasSubstr("topic '.'"));
  EXPECT_THAT(problem(".."), HasSubstr("topic '..'"));
  EXPECT_THAT(problem(std::string(250, 'a')), HasSubstr("249"));
  EXPECT_EQ(problem(std::string(249, 'a')), "");
  EXPECT_EQ(problem("^a/b"), "");
}

TEST(KafkaSourceSettings, KeepHeartbeatsWithinTheSession) {
  EXPECT_THAT(source_problems(with("group_id: g\nheartbeat_interval_ms: 15001")),
              HasSubstr("heartbeat_interval_ms must be at most a third of session_timeout_ms"));
  EXPECT_EQ(source_problems(with("group_id: g\nheartbeat_interval_ms: 15000")), "");
  EXPECT_THAT(source_problems(with("group_id: g\nsession_timeout_ms: 999")), HasSubstr("session_timeout_ms"));
  EXPECT_THAT(source_problems(with("group_id: g\nmax_poll_records: 0")), HasSubstr("max_poll_records"));
}

TEST(KafkaClientSettings, WantAllThatALoginNeeds) {
  const std::string problems = source_problems(with("group_id: g\nsecurity_protocol: sasl_ssl"));
  EXPECT_THAT(problems, HasSubstr("'sasl_mechanism' is missing"));
  EXPECT_THAT(problems, HasSubstr("'sasl_username' is missing"));
  EXPECT_THAT(problems, HasSubstr("'sasl_password' is missing"));
  EXPECT_THAT(source_problems(with("group_id: g\nsasl_username: u")),
              HasSubstr("'sasl_username' has no effect with this security_protocol"));
  EXPECT_THAT(source_problems(with("group_id: g\nssl_ca: /ca.pem")),
              HasSubstr("'ssl_ca' has no effect with this security_protocol"));
  EXPECT_THAT(source_problems(with("group_id: g\nsecurity_protocol: ssl\nssl_cert: /c.pem")),
              HasSubstr("'ssl_cert' needs 'ssl_key' beside it"));
  EXPECT_EQ(source_problems(with("group_id: g\nsecurity_protocol: sasl_ssl\nsasl_mechanism: SCRAM-SHA-512\n"
                                 "sasl_username: u\nsasl_password: p\nssl_ca: /ca.pem")),
            "");
}

TEST(KafkaClientSettings, PassOnWhatLibrdkafkaKnowsAndIsNotOurs) {
  const auto problem = [](const std::string& config) {
    return source_problems(with("group_id: g\nkafka_config: {" + config + "}"));
  };
  EXPECT_EQ(problem("fetch.min.bytes: 1, client.id: me"), "");
  EXPECT_THAT(problem("group.id: x"), HasSubstr("set 'group_id'"));
  EXPECT_THAT(problem("enable.auto.commit: true"),
              HasSubstr("'enable.auto.commit' is not passed on to librdkafka"));
  EXPECT_THAT(problem("metadata.broker.list: x"), HasSubstr("set 'bootstrap_servers'"));
  EXPECT_THAT(problem("fetch.min.byte: 1"), HasSubstr("did you mean 'fetch.min.bytes'?"));
  EXPECT_THAT(problem("fetch.min.bytes: many"), HasSubstr("librdkafka refuses it"));
  EXPECT_THAT(problem("fetch.min.bytes: 0"), HasSubstr("librdkafka refuses it"));
  // Each role has its own.
  EXPECT_THAT(sink_problems(with("kafka_config: {acks: 1}")), HasSubstr("set 'acks'"));
  EXPECT_THAT(sink_problems(with("kafka_config: {transactional.id: x}")), HasSubstr("'transactional.id'"));
  EXPECT_THAT(sink_problems(with("kafka_config: {message.timeout.ms: 1}")),
              HasSubstr("a record is tried until it is written"));
}

TEST(KafkaSinkSettings, SayWhatIsUsualWhereNothingIsSaid) {
  const SinkSettings settings = sink("");
  EXPECT_EQ(settings.topic->constant(), "t");
  EXPECT_EQ(settings.acks, connectors::kafka::Acks::all);
  EXPECT_TRUE(settings.idempotence);
  EXPECT_TRUE(settings.tombstones);
  EXPECT_EQ(settings.compression_type, "none");
  EXPECT_EQ(settings.value_serializer, codec::find_format("json"));
  EXPECT_TRUE(settings.computed.empty());
  EXPECT_EQ(settings.topic_column, -1);
  EXPECT_EQ(settings.key_column, -1);
}

TEST(KafkaSinkSettings, SettleForEachRecordWhatIsNotTheSameForAll) {
  const SinkSettings settings =
      settings_from(sink_options(),
                    "bootstrap_servers: k1\ntopic: 'o-{{ record.c }}'\nkey_field: id\npartition_field: p\n"
                    "timestamp_field: at\nheaders: {a: x, b: '{{ record.b }}'}")
          .value();
  EXPECT_EQ(settings.computed.size(), 6U);
  EXPECT_EQ(settings.topic_column, 0);
  EXPECT_EQ(settings.key_column, 1);
  EXPECT_EQ(settings.partition_column, 2);
  EXPECT_EQ(settings.timestamp_column, 3);
  EXPECT_EQ(settings.header_column, 4);
}

TEST(KafkaSinkSettings, TurnIdempotenceOffWithFewerAcks) {
  EXPECT_FALSE(sink("acks: '1'").idempotence);
  EXPECT_FALSE(sink("acks: '0'").idempotence);
  EXPECT_THAT(sink_problems(with("acks: '1'\nidempotence: true")),
              HasSubstr("idempotence needs 'acks: all'"));
  EXPECT_FALSE(sink("idempotence: false").idempotence);
}

TEST(KafkaSinkSettings, RefuseTopicsThatKafkaRefuses) {
  EXPECT_THAT(sink_problems("bootstrap_servers: k1\ntopic: a,b"),
              HasSubstr("a sink writes one topic, which may be a template"));
  EXPECT_THAT(sink_problems("bootstrap_servers: k1\ntopic: 'a b'"), HasSubstr("topic 'a b'"));
  EXPECT_THAT(sink_problems(with("compression_type: brotli")), HasSubstr("zstd"));
  EXPECT_THAT(sink_problems(with("batch_size: 0")), HasSubstr("batch_size"));
  EXPECT_THAT(sink_problems(with("retries: -1")), HasSubstr("retries"));
}

struct Limits {
  const char* option;
  const char* least;
  const char* most;
  const char* below;
  const char* above;
};

TEST(KafkaSourceSettings, KeepToTheLimitsOfEachOption) {
  for (const Limits& each : {Limits{"max_poll_records", "1", "1000000", "0", "1000001"},
                             Limits{"session_timeout_ms", "9000", "3600000", "999", "3600001"},
                             Limits{"heartbeat_interval_ms", "1", "15000", "0", "3600001"}}) {
    const std::string option = std::string("group_id: g\n") + each.option + ": ";
    EXPECT_EQ(source_problems(with(option + each.least)), "");
    EXPECT_EQ(source_problems(with(option + each.most)), "");
    EXPECT_THAT(source_problems(with(option + each.below)), HasSubstr(each.option));
    EXPECT_THAT(source_problems(with(option + each.above)), HasSubstr(each.option));
  }
}

TEST(KafkaSinkSettings, KeepToTheLimitsOfEachOption) {
  for (const Limits& each : {Limits{"transaction_records", "1", "100000000", "0", "100000001"},
                             Limits{"transaction_bytes", "1", "1099511627776", "0", "1099511627777"},
                             Limits{"transaction_ms", "1", "60000", "0", "60001"},
                             Limits{"retries", "0", "2147483647", "-1", "2147483648"},
                             Limits{"linger_ms", "0", "900000", "-1", "900001"},
                             Limits{"batch_size", "1", "2147483647", "0", "2147483648"}}) {
    const std::string option = std::string(each.option) + ": ";
    EXPECT_EQ(sink_problems(with(option + each.least)), "");
    EXPECT_EQ(sink_problems(with(option + each.most)), "");
    EXPECT_THAT(sink_problems(with(option + each.below)), HasSubstr(each.option));
    EXPECT_THAT(sink_problems(with(option + each.above)), HasSubstr(each.option));
  }
}

}  // namespace
}  // namespace hiveframe::testing
