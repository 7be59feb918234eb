// What librdkafka says, in our words: errors, trouble that is told once, statistics, timestamps.

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include "connectors/kafka/client_statistics.hpp"
#include "connectors/kafka/client_watch.hpp"
#include "connectors/kafka/errors.hpp"
#include "connectors/kafka/timestamp.hpp"
#include "connectors/kafka/topic_name.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::kafka;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What was reported, in order; "" is that it works.
struct Heard final : pipeline::Report {
  void waits(const std::string& why) override { lines.push_back(why); }
  void works() override { lines.emplace_back(); }
  void show(std::vector<pipeline::Measure>) override {}
  std::vector<std::string> lines;
};

TEST(KafkaLibrary, IsNewEnoughAndHasWhatOptionsPromise) {
  // Below 2.6.1 nobody logs in to Kafka 4 by SCRAM.
  EXPECT_GE(rd_kafka_version(), 0x020601FF);
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  std::array<char, 512> features{};
  std::size_t size = features.size();
  ASSERT_EQ(rd_kafka_conf_get(conf, "builtin.features", features.data(), &size), RD_KAFKA_CONF_OK);
  rd_kafka_conf_destroy(conf);
  for (const char* each : {"ssl", "sasl_plain", "sasl_scram", "gzip", "snappy", "lz4", "zstd"})
    EXPECT_THAT(std::string(features.data()), HasSubstr(each));
}

TEST(KafkaErrors, LeaveOutWhatOnlyLibrdkafkasDevelopersWant) {
  EXPECT_EQ(
      plain_answer(RD_KAFKA_RESP_ERR__AUTHENTICATION,
                   "sasl_plaintext://127.0.0.1:9092/bootstrap: SASL authentication error: Authentication "
                   "failed (after 5ms in state AUTH_REQ, 3 identical error(s) suppressed)"),
      "sasl_plaintext://127.0.0.1:9092: SASL authentication error: Authentication failed");
  EXPECT_EQ(plain_answer(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ""),
            "Broker: Topic authorization failed");
}

TEST(KafkaErrors, TellWhatAPersonMendsFromWhatEndsByItself) {
  const auto thrown = [](int code, const char* answer) {
    return thrown_by([&] { throw_error(code, answer, "connect to", "kafka://k1"); });
  };
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR__TRANSPORT, "refused"),
              HasSubstr("Retryable: cannot connect to kafka://k1: refused; see that the brokers run"));
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR__AUTHENTICATION, "no"), HasSubstr("Fatal: "));
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR__AUTHENTICATION, "no"),
              HasSubstr("check sasl_username and sasl_password"));
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR__SSL, "certificate verify failed"), HasSubstr("Fatal: "));
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR__SSL, "certificate verify failed"), HasSubstr("set ssl_ca"));
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR__SSL, "connection reset"), HasSubstr("Retryable: "));
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ""), HasSubstr("Retryable: "));
  EXPECT_THAT(thrown(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ""), HasSubstr("Fatal: "));
}

TEST(KafkaWatch, TellsOfTroubleOnceHoweverOftenItIsSaid) {
  Heard heard;
  ClientWatch watch;
  watch.begin(&heard, "read from", "kafka://k1");
  for (int i = 0; i < 3; ++i) {
    watch.error(RD_KAFKA_RESP_ERR__TRANSPORT, "k1:9092: Connection refused");
    // One of several says nothing yet.
    if (i == 0) {
      EXPECT_THAT(heard.lines, IsEmpty());
    }
    watch.error(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
  }
  ASSERT_EQ(heard.lines.size(), 1U);
  EXPECT_THAT(heard.lines[0], HasSubstr("cannot read from kafka://k1: k1:9092: Connection refused; "));
  EXPECT_THAT(thrown_by([&] { watch.check(); }), HasSubstr("Retryable: cannot read from kafka://k1"));
  EXPECT_EQ(thrown_by([&] { watch.check_fatal(); }), "");
  watch.up();
  watch.up();
  EXPECT_EQ(heard.lines.size(), 2U);
  EXPECT_EQ(heard.lines.back(), "");
  EXPECT_EQ(thrown_by([&] { watch.check(); }), "");
}

TEST(KafkaWatch, ThrowsWhatAPersonHasToMendAndReportsNone) {
  Heard heard;
  ClientWatch watch;
  watch.begin(&heard, "write to", "kafka://k1");
  watch.error(RD_KAFKA_RESP_ERR__AUTHENTICATION, "wrong password");
  EXPECT_THAT(heard.lines, IsEmpty());
  EXPECT_THAT(thrown_by([&] { watch.check_fatal(); }),
              HasSubstr("Fatal: cannot write to kafka://k1: wrong password"));
}

TEST(KafkaWatch, TellsWhatIsMissingWhileTheBrokersAnswer) {
  Heard heard;
  ClientWatch watch;
  watch.begin(&heard, "read from", "kafka://k1");
  watch.lacks("no topic");
  watch.error(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
  watch.up();
  watch.settled();
  ASSERT_EQ(heard.lines.size(), 4U);
  EXPECT_EQ(heard.lines[0], "no topic");
  EXPECT_THAT(heard.lines[1], HasSubstr("cannot read from kafka://k1"));
  EXPECT_EQ(heard.lines[2], "no topic");
  EXPECT_EQ(heard.lines[3], "");
}

std::vector<std::string> shown(const ClientStatistics& statistics) {
  std::vector<std::string> lines;
  for (const pipeline::Measure& each : statistics.measures) {
    std::string line = each.name;
    for (const auto& [name, value] : each.labels)
      line += " " + name + "=" + value;
    lines.push_back(line + " " + std::to_string(each.value));
  }
  return lines;
}

TEST(KafkaStatistics, TellLagAndBrokers) {
  const ClientStatistics statistics =
      read_statistics(R"({"type": "consumer", "tx": 7, "tx_bytes": 70, "rx_bytes": 700,
    "brokers": {
      "k1:9092/1": {"nodeid": 1, "nodename": "k1:9092", "source": "learned", "state": "UP",
                    "rtt": {"cnt": 3, "p99": 2500}},
      "k2:9092/2": {"nodeid": 2, "nodename": "k2:9092", "source": "learned", "state": "DOWN", "rtt": {"cnt": 0, "p99": 0}},
      "GroupCoordinator": {"nodeid": 1, "nodename": "k1:9092", "source": "logical", "state": "UP"}},
    "topics": {"orders": {"partitions": {
      "0": {"fetch_state": "active", "consumer_lag": 5, "fetchq_cnt": 2, "fetchq_size": 20},
      "1": {"fetch_state": "active", "consumer_lag": -1, "fetchq_cnt": 0, "fetchq_size": 0},
      "2": {"fetch_state": "none", "consumer_lag": 9},
      "-1": {"fetch_state": "none"}}}},
    "cgrp": {"rebalance_cnt": 4}})");
  EXPECT_TRUE(statistics.any_broker_up);
  EXPECT_THAT(
      shown(statistics),
      ElementsAre("kafka_client_requests_total 7.000000", "kafka_client_sent_bytes_total 70.000000",
                  "kafka_client_received_bytes_total 700.000000", "kafka_broker_up broker=k1:9092 1.000000",
                  "kafka_broker_round_trip_seconds broker=k1:9092 0.002500",
                  "kafka_broker_up broker=k2:9092 0.000000",
                  "kafka_consumer_lag_records topic=orders partition=0 5.000000",
                  "kafka_consumer_queue_records topic=orders partition=0 2.000000",
                  "kafka_consumer_queue_bytes topic=orders partition=0 20.000000",
                  "kafka_consumer_queue_records topic=orders partition=1 0.000000",
                  "kafka_consumer_queue_bytes topic=orders partition=1 0.000000",
                  "kafka_consumer_rebalances_total 4.000000"));
}

TEST(KafkaStatistics, TakeWhatIsOtherForNothing) {
  for (const char* json :
       {"", "{", "[]", "1", "{}", R"({"brokers": 1, "topics": [], "cgrp": "x", "tx": "7"})",
        R"({"topics": {"t": {"partitions": {"0": 1}}}, "brokers": {"b": null}})"}) {
    const ClientStatistics statistics = read_statistics(json);
    EXPECT_FALSE(statistics.any_broker_up) << json;
    EXPECT_THAT(statistics.measures, IsEmpty()) << json;
  }
}

TEST(KafkaTimestamp, IsMillisecondsOrATimeWithItsZone) {
  const auto read = [](const char* text) {
    std::int64_t ms = -1;
    return read_timestamp(text, ms) ? std::to_string(ms) : "none";
  };
  EXPECT_EQ(read("0"), "0");
  EXPECT_EQ(read("1700000000123"), "1700000000123");
  EXPECT_EQ(read("2023-11-14T22:13:20.123456Z"), "1700000000123");
  EXPECT_EQ(read("2023-11-14T23:13:20.123+01:00"), "1700000000123");
  for (const char* wrong :
       {"", "x", "-1", "1.5", "2023-11-14T22:13:20", "1969-12-31T23:59:59Z", "99999999999999999999"})
    EXPECT_EQ(read(wrong), "none") << wrong;
}

TEST(KafkaTopicName, IsAsKafkaHasIt) {
  for (const char* good : {"a", "A.b_c-9", "...", "__x"})
    EXPECT_EQ(wrong_with_topic(good), "") << good;
  for (const char* bad : {"", ".", "..", "a b", "ä", "a/b", "a,b"})
    EXPECT_NE(wrong_with_topic(bad), "") << bad;
}

}  // namespace
}  // namespace hiveframe::testing
