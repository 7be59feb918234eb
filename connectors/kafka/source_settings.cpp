#include "connectors/kafka/source_settings.hpp"

#include <array>

#include "config/option_table.hpp"
#include "connectors/kafka/avro_options.hpp"
#include "connectors/kafka/client_options.hpp"
#include "connectors/kafka/kafka_source.hpp"
#include "connectors/kafka/timestamp.hpp"
#include "connectors/kafka/topic_name.hpp"
#include "pipeline/connector_kind.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using namespace config;
using namespace std::chrono_literals;

/// A point in time, in milliseconds since 1970.
OptionType<std::chrono::milliseconds> moment() {
  return parsed<std::chrono::milliseconds>(
      TypeInfo::of(TypeInfo::Kind::text),
      [](const LocatedText& text, Reader& reader) -> std::optional<std::chrono::milliseconds> {
        std::int64_t ms = 0;
        if (read_timestamp(text.view(), ms)) return std::chrono::milliseconds(ms);
        reader.error(text.span(), text.quoted() + " is no point in time",
                     "write it as RFC 3339 has it, with its zone (2026-03-01T00:00:00Z), or as milliseconds "
                     "since 1970");
        return std::nullopt;
      });
}

void check_topics(const SourceSettings& settings, const GivenOptions& given, Reader& reader) {
  for (const std::string& topic : settings.topics) {
    // A regular expression is librdkafka's to read, and is read with the others in one list.
    if (topic.starts_with('^')) continue;
    const std::string wrong = wrong_with_topic(topic);
    if (!wrong.empty())
      reader.error(given.span("topic"), "topic " + quote(topic) + " " + wrong,
                   "a regular expression begins with '^'");
  }
}

void check_group(const SourceSettings& settings, const GivenOptions& given, Reader& reader) {
  if (settings.heartbeat_interval * 3 > settings.session_timeout) {
    const char* const option =
        given.has("heartbeat_interval_ms") ? "heartbeat_interval_ms" : "session_timeout_ms";
    reader.error(given.span(option), "heartbeat_interval_ms must be at most a third of session_timeout_ms",
                 "one lost heartbeat must not cost the group's membership");
  }
}

}  // namespace

const OptionTable<SourceSettings>& source_options() {
  static const OptionTable<SourceSettings> table = [] {
    using S = SourceSettings;
    OptionTable<S> t("kafka source", "kafka", "Reads topics as a member of a consumer group");
    add_client_options(t, Role::consumer);
    t.add("topic", &S::topics, one_or_list(text()))
        .required()
        .help(
            "Topics to read; one that begins with '^' is a regular expression, whose topics may appear later")
        .example("[orders, returns]");
    t.add("group_id", &S::group_id, text())
        .required()
        .help(
            "The consumer group: daemons with the same one share the partitions, and its offsets are the "
            "position")
        .example("warehouse");
    t.add("auto_offset_reset", &S::auto_offset_reset,
          choice<Beginning>({{"latest", Beginning::latest}, {"earliest", Beginning::earliest}}))
        .help(
            "Where a group begins that has read nothing of its topics; partitions that appear later are read "
            "whole");
    t.add("value_deserializer", &S::value_deserializer,
          choice<const codec::Format*>({{"json", codec::find_format("json")},
                                        {"string", codec::find_format("text")},
                                        {"bytes", codec::find_format("bytes")},
                                        {"avro", avro_format()}}))
        .help("What the values are; avro: with the id of a schema in schema_registry_url before each")
        .default_note("json");
    add_registry_options(t);
    t.add("reader_schema", &S::reader_schema, schema_type())
        .help("What Avro is read as, whatever it was written as: a schema, or the file that holds it")
        .example("orders.avsc");
    t.add("key_deserializer", &S::key_deserializer,
          choice<KeyForm>({{"string", KeyForm::string}, {"bytes", KeyForm::bytes}, {"avro", KeyForm::avro}}))
        .help("What the keys are; avro: as with values, but for reader_schema, which is not theirs");
    t.check({"value_deserializer", "key_deserializer", "schema_registry_url"},
            [](S& s, const GivenOptions& given, Reader& reader) {
              s.avro_values = s.value_deserializer == avro_format();
              const bool avro_keys = s.key_deserializer == KeyForm::avro;
              check_registry(s, s.avro_values || avro_keys,
                             avro_keys ? "key_deserializer" : "value_deserializer", given, reader);
              if (!s.avro_values && given.has("reader_schema"))
                reader.error(given.name_span("reader_schema"),
                             "'reader_schema' has no effect with this value_deserializer",
                             "set 'value_deserializer: avro'");
            });
    t.add("max_poll_records", &S::max_poll_records, integer(1, 1'000'000))
        .help("At most so many records are taken at once");
    t.add("session_timeout_ms", &S::session_timeout, millis(1s, 1h))
        .help("After so long without a heartbeat the group gives this member's partitions to others");
    t.add("heartbeat_interval_ms", &S::heartbeat_interval, millis(1ms, 1h))
        .help("How often a heartbeat is sent");
    t.add("isolation_level", &S::isolation_level,
          choice<Isolation>({{"read_committed", Isolation::read_committed},
                             {"read_uncommitted", Isolation::read_uncommitted}}))
        .help("Whether records of transactions that were aborted, or are not committed yet, are left out");
    t.add("instance_id", &S::instance_id, text())
        .help(
            "A name of its own for each daemon of the group: one that restarts within session_timeout_ms "
            "keeps its partitions")
        .example("warehouse-1");
    t.add("rack_id", &S::rack_id, text())
        .help("Where this daemon stands, so that it fetches from the nearest replica")
        .example("eu-west-1a");
    t.add("start_timestamp", &S::start_timestamp, moment())
        .help(
            "Where a group begins that has read nothing of its topics, in place of auto_offset_reset: at the "
            "first "
            "records of that time or later; a time as RFC 3339 writes it, or milliseconds since 1970")
        .example("2026-03-01T00:00:00Z");
    t.add("enable_auto_commit", &S::enable_auto_commit, boolean())
        .help(
            "Taken for the sake of configurations that have it: either way an offset is committed when the "
            "sinks have "
            "what is before it, and no sooner");
    t.add("stop_at", &S::stop_at_end, choice<bool>({{"never", false}, {"end", true}}))
        .help("end: reads up to where each partition ended when it was assigned, and is done");
    t.check({"topic"},
            [](S& s, const GivenOptions& given, Reader& reader) { check_topics(s, given, reader); });
    t.check({"auto_offset_reset", "start_timestamp"}, [](S&, const GivenOptions& given, Reader& reader) {
      if (given.has("auto_offset_reset") && given.has("start_timestamp"))
        reader.error(given.name_span("start_timestamp"),
                     "'start_timestamp' is given beside 'auto_offset_reset'",
                     "leave one of them out: both say where a new group begins");
    });
    t.check({"session_timeout_ms", "heartbeat_interval_ms"},
            [](S& s, const GivenOptions& given, Reader& reader) { check_group(s, given, reader); });
    t.check({"value_deserializer"}, [](S& s, const GivenOptions&, Reader&) {
      if (s.value_deserializer == nullptr) s.value_deserializer = codec::find_format("json");
    });
    t.uri({.schemes = {"kafka"}, .host = "bootstrap_servers", .path = "topic"},
          "kafka://kafka-1:9092,kafka-2:9092/orders?group_id=warehouse");
    return t;
  }();
  return table;
}

pipeline::SourceKind source_kind() {
  pipeline::SourceKind kind = pipeline::source_kind_of<KafkaSource>(source_options());
  kind.meta.emplace(meta_names.begin(), meta_names.end());
  return kind;
}

}  // namespace hiveframe::connectors::kafka
