#include "connectors/kafka/sink_settings.hpp"

#include "config/option_table.hpp"
#include "connectors/kafka/avro_options.hpp"
#include "connectors/kafka/client_options.hpp"
#include "connectors/kafka/kafka_sink.hpp"
#include "connectors/kafka/topic_name.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/expr/field_text.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using namespace config;
using namespace std::chrono_literals;

// Before a key: an empty text is a record without one.
constexpr std::string_view key_mark = "=";

int add_column(SinkSettings& s, expr::Template text, std::string what) {
  text.call_it(std::move(what));
  s.computed.push_back(std::move(text));
  return static_cast<int>(s.computed.size()) - 1;
}

void check_topic(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (!s.topic) return;
  const std::optional<std::string> constant = s.topic->constant();
  if (!constant) return;
  const std::string wrong = wrong_with_topic(*constant);
  if (wrong.empty()) return;
  const bool several = constant->find(',') != std::string::npos;
  reader.error(
      given.span("topic"), "topic " + quote(*constant) + " " + wrong,
      several ? "a sink writes one topic, which may be a template: orders-{{ record.country }}" : "");
}

void check_acks(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (s.acks == Acks::all) return;
  if (s.idempotence && given.has("idempotence"))
    reader.error(given.span("acks"), "idempotence needs 'acks: all'", "leave one of them out");
  s.idempotence = false;
  if (given.has("transactional_id"))
    reader.error(given.span("acks"), "transactions need 'acks: all'", "leave 'acks' out");
}

void check_avro_keys(const SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (!s.avro_keys && given.has("key_schema")) {
    reader.error(given.name_span("key_schema"), "'key_schema' has no effect with this key_serializer",
                 "set 'key_serializer: avro'");
  }
  if (s.avro_keys && s.topic && !s.topic->constant())
    reader.error(given.span("topic"), "a topic by the record has no one subject for the schema of all keys",
                 "write one topic");
}

void check_avro(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  s.avro_values = s.value_serializer == avro_format();
  s.avro_keys = s.key_serializer == KeyText::avro;
  check_registry(s, s.avro_values || s.avro_keys, s.avro_keys ? "key_serializer" : "value_serializer", given,
                 reader);
  check_avro_keys(s, given, reader);
  const bool has_schema = s.schema.schema || s.key_schema.schema;
  if (given.has("auto_register") && !has_schema && (s.avro_values || s.avro_keys)) {
    reader.error(given.name_span("auto_register"), "'auto_register' needs 'schema' or 'key_schema' beside it",
                 "without one the schema is the latest of the subject that the topic names");
  }
  if (!s.avro_values) {
    for (const char* option : {"schema", "subject_strategy", "auto_register"}) {
      if (given.has(option) && !(s.avro_keys && std::string_view(option) == "auto_register"))
        reader.error(given.name_span(option), quote(option) + " has no effect with this value_serializer",
                     "set 'value_serializer: avro'");
    }
    return;
  }
  const bool by_topic = s.strategy != SubjectStrategy::record_name;
  if (by_topic && s.topic && !s.topic->constant()) {
    reader.error(given.span("topic"), "a topic by the record has no one subject for the schema of all",
                 "set 'subject_strategy: record_name', or write one topic");
  }
  if (!s.schema.schema) {
    if (s.strategy != SubjectStrategy::topic_name)
      reader.error(given.name_span("subject_strategy"), "'subject_strategy' needs 'schema' beside it",
                   "without it the schema is the latest of the subject that the topic names");
  } else if (s.strategy != SubjectStrategy::topic_name && s.schema.schema->root().name.empty()) {
    reader.error(given.span("subject_strategy"), "the schema is no record and has no name", "use topic_name");
  }
}

/// What is settled for each record.
void add_computed(SinkSettings& s, const GivenOptions& given, Reader&) {
  if (s.topic && !s.topic->constant()) s.topic_column = add_column(s, *s.topic, "the topic");
  const auto key_form = s.key_serializer == KeyText::json ? expr::FieldText::json : expr::FieldText::plain;
  if (s.key_serializer == KeyText::avro) {
    // Stands before the value, see keyed_format().
  } else if (s.key_field) {
    s.key_column =
        add_column(s, expr::text_of_field(*s.key_field, given.span("key_field"), key_form, key_mark),
                   "the value of " + quote(s.key_field->str()) + ", the key,");
  } else if (s.key_serializer == KeyText::json) {
    s.key_column =
        add_column(s, expr::text_of("key", given.span("key_serializer"), key_form, key_mark), "the key");
  }
  if (s.partition_field) {
    s.partition_column = add_column(s, expr::text_of_field(*s.partition_field, given.span("partition_field")),
                                    "the value of " + quote(s.partition_field->str()) + ", the partition,");
  }
  if (s.timestamp_field) {
    s.timestamp_column = add_column(s, expr::text_of_field(*s.timestamp_field, given.span("timestamp_field")),
                                    "the value of " + quote(s.timestamp_field->str()) + ", the timestamp,");
  }
  for (const auto& [name, text] : s.headers) {
    const int column = add_column(s, text, "header " + quote(name));
    if (s.header_column < 0) s.header_column = column;
  }
}

}  // namespace

const OptionTable<SinkSettings>& sink_options() {
  static const OptionTable<SinkSettings> table = [] {
    using S = SinkSettings;
    OptionTable<S> t("kafka sink", "kafka", "Writes topics");
    add_client_options(t, Role::producer);
    t.add("topic", &S::topic, expr::template_type())
        .required()
        .help("The topic, the same for all records or by the record")
        .example("orders-{{ record.country }}");
    t.add("value_serializer", &S::value_serializer,
          choice<const codec::Format*>({{"json", codec::find_format("json")},
                                        {"string", codec::find_format("text")},
                                        {"bytes", codec::find_format("bytes")},
                                        {"avro", avro_format()}}))
        .help("What the values are to be; avro: with the id of a schema in schema_registry_url before each")
        .default_note("json");
    add_registry_options(t);
    t.add("schema", static_cast<GivenSchema S::*>(&AvroOutput::schema), schema_type())
        .help(
            "What Avro is written by: a schema, or the file that holds it; without it, the subject's latest")
        .example("orders.avsc");
    t.add("subject_strategy", static_cast<SubjectStrategy S::*>(&AvroOutput::strategy),
          choice<SubjectStrategy>({{"topic_name", SubjectStrategy::topic_name},
                                   {"record_name", SubjectStrategy::record_name},
                                   {"topic_record_name", SubjectStrategy::topic_record_name}}))
        .help(
            "What the schema's subject is called: orders-value by the topic, shop.Order by the record, or "
            "orders-shop.Order by both");
    t.add("auto_register", static_cast<bool S::*>(&AvroOutput::auto_register), boolean())
        .help("Whether 'schema' is registered; false: it must stand under the subject already");
    t.add("key_field", &S::key_field, expr::field_path_type())
        .help("The field whose value is the key, as text; without it, the key that a record came with")
        .example("customer.id");
    t.add("partition_field", &S::partition_field, expr::field_path_type())
        .help(
            "The field whose value, an integer, is the partition; without it the key decides, as it does in "
            "Java's clients")
        .example("shard");
    t.add("key_serializer", &S::key_serializer,
          choice<KeyText>({{"string", KeyText::plain}, {"json", KeyText::json}, {"avro", KeyText::avro}}))
        .help(
            "string: the key as it is, a number as its digits; json: the key as JSON, a text in quotes; "
            "avro: "
            "with the id of a schema before it");
    t.add("key_schema", static_cast<GivenSchema S::*>(&AvroOutput::key_schema), schema_type())
        .help(
            "What keys are written by with 'key_serializer: avro', registered under the topic's name and "
            "'-key'; "
            "without it, the latest there")
        .example("order-key.avsc");
    t.add("timestamp_field", &S::timestamp_field, expr::field_path_type())
        .help(
            "The field whose value is the timestamp: milliseconds since 1970, or a time as RFC 3339 writes "
            "it; "
            "without it, the timestamp that a record came with, else now")
        .example("created_at");
    t.add("tombstones", &S::tombstones, boolean())
        .help(
            "A record that is a deletion (meta.op is delete, or it is null) is written without a value, so "
            "that a "
            "compacted topic forgets its key; false: as any other");
    t.add("headers", &S::headers, map(expr::template_type()))
        .help("Headers of each record, beside those that it came with; of one name, this one is written")
        .example("{source: hiveframed, country: \"{{ record.country }}\"}");
    t.add("acks", &S::acks, choice<Acks>({{"all", Acks::all}, {"1", Acks::leader}, {"0", Acks::none}}))
        .help(
            "When a record is written: when all replicas in sync have it, the leader has it, or it was sent");
    t.add("idempotence", &S::idempotence, boolean())
        .help("Brokers drop what is sent twice, and keep the order; only with acks: all");
    t.add("transactional_id", &S::transactional_id, text())
        .help(
            "With delivery: exactly_once, the name that transactions are fenced by: of two daemons with the "
            "same one the "
            "later stops the earlier. Without it the pipeline makes one and keeps it")
        .example("warehouse-1");
    t.add("transaction_records", &S::transaction_records, integer(1, 100'000'000))
        .help("With delivery: exactly_once, a transaction is committed when it has so many records");
    t.add("transaction_bytes", &S::transaction_bytes, size(1, 1ULL << 40)).help("The same by its bytes");
    t.add("transaction_ms", &S::transaction_time, millis(1ms, 1min))
        .help("The same by its age; one that nothing more comes to within a second, too");
    t.add("retries", &S::retries, integer(0, 2'147'483'647))
        .help(
            "How often the client sends again what a broker refused for now, before the pipeline's retry "
            "takes "
            "over; that may write records twice");
    t.add("linger_ms", &S::linger, millis(0ms, 15min))
        .help("How long the client waits for more before it sends");
    t.add("batch_size", &S::batch_size, size(1, 2'147'483'647))
        .help("Bytes of the client's batches, of one partition each");
    t.add("compression_type", &S::compression_type,
          choice<std::string>(
              {{"none", "none"}, {"gzip", "gzip"}, {"snappy", "snappy"}, {"lz4", "lz4"}, {"zstd", "zstd"}}))
        .help("How batches are packed");
    t.check({"topic"}, check_topic);
    t.check({"topic", "value_serializer", "key_serializer", "schema_registry_url", "schema", "key_schema",
             "subject_strategy", "auto_register"},
            check_avro);
    t.check({"acks", "idempotence", "transactional_id"}, check_acks);
    t.check({"topic", "key_field", "key_serializer", "partition_field", "timestamp_field", "headers"},
            add_computed);
    t.check({"value_serializer"}, [](S& s, const GivenOptions&, Reader&) {
      if (s.value_serializer == nullptr) s.value_serializer = codec::find_format("json");
    });
    t.uri({.schemes = {"kafka"}, .host = "bootstrap_servers", .path = "topic"},
          "kafka://kafka-1:9092/orders");
    return t;
  }();
  return table;
}

std::string loses_because(const SinkSettings& settings) {
  return settings.acks == Acks::none ? "with 'acks: 0' no broker says whether it has a record" : "";
}

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<KafkaSink>(sink_options());
  kind.transactional_with = "kafka";
  return kind;
}

}  // namespace hiveframe::connectors::kafka
