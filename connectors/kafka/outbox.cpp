#include "connectors/kafka/outbox.hpp"

#include <algorithm>
#include <charconv>
#include <librdkafka/rdkafka.h>
#include <optional>

#include "connectors/kafka/keyed_format.hpp"
#include "connectors/kafka/timestamp.hpp"
#include "connectors/kafka/topic_name.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using record::Kind;
using record::Slice;
using record::Value;

/// The octets of a key or of a header that a record came with; nothing for null.
std::optional<std::string_view> octets(const Value& value) {
  if (value.is(Kind::string) || value.is(Kind::bytes)) return value.text();
  return std::nullopt;
}

/// A deletion is a message without a value.
bool is_deletion(const Slice& slice, const record::Record& record) {
  if (record.tree && record.value.is(Kind::null)) return true;
  const std::optional<Value> op = slice.storage().meta(record, "op");
  return op && op->is(Kind::string) && op->text() == "delete";
}

std::string_view column(const Slice& slice, std::size_t i, int index) {
  return slice.computed(i, static_cast<std::size_t>(index));
}

}  // namespace

Outbox::Outbox(const SinkSettings& settings, Producer& producer)
    : settings_(settings),
      producer_(producer),
      topic_(settings.topic_column < 0 ? producer.topic(*settings.topic->constant()) : nullptr) {}

const Outgoing* Outbox::message_of(const Slice& slice, std::size_t i, std::string& wrong) {
  if (!set_topic(slice, i, wrong)) return nullptr;
  if (!set_key(slice, i)) {
    wrong = "its key is neither a text nor bytes; set key_serializer to json or avro, or key_field";
    return nullptr;
  }
  if (!set_partition(slice, i)) {
    wrong = "partition_field is not the number of a partition";
    return nullptr;
  }
  if (!set_timestamp(slice, i)) {
    wrong =
        "timestamp_field is neither milliseconds since 1970 nor a time as RFC 3339 writes it, with its zone";
    return nullptr;
  }
  set_headers(slice, i);
  if (settings_.tombstones && is_deletion(slice, slice[i])) message_.value.reset();
  return &message_;
}

bool Outbox::set_topic(const Slice& slice, std::size_t i, std::string& wrong) {
  message_.topic = topic_;
  if (topic_ != nullptr) return true;
  const std::string_view name = column(slice, i, settings_.topic_column);
  const std::string bad = wrong_with_topic(name);
  if (!bad.empty()) {
    wrong = "the topic's name '" + std::string(name.substr(0, 100)) + "' " + bad;
    return false;
  }
  message_.topic = producer_.topic(name);
  return true;
}

/// And the value, which an Avro key stands before.
bool Outbox::set_key(const Slice& slice, std::size_t i) {
  message_.key.reset();
  message_.value = slice.encoded(i);
  if (settings_.avro_keys) {
    const KeyedRecord both = apart(slice.encoded(i));
    message_.key = both.key;
    message_.value = both.value;
  } else if (settings_.key_column >= 0) {
    const std::string_view marked = column(slice, i, settings_.key_column);
    if (!marked.empty()) message_.key = marked.substr(1);
  } else if (slice[i].envelope != nullptr && !slice[i].envelope->key.is_null()) {
    message_.key = octets(slice[i].envelope->key);
    return message_.key.has_value();
  }
  return true;
}

bool Outbox::set_partition(const Slice& slice, std::size_t i) {
  message_.partition = RD_KAFKA_PARTITION_UA;
  if (settings_.partition_column < 0) return true;
  const std::string_view text = column(slice, i, settings_.partition_column);
  if (text.empty()) return true;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, message_.partition);
  return error == std::errc() && read == end && message_.partition >= 0;
}

bool Outbox::set_timestamp(const Slice& slice, std::size_t i) {
  message_.timestamp_ms = 0;
  if (settings_.timestamp_column >= 0) {
    const std::string_view text = column(slice, i, settings_.timestamp_column);
    return text.empty() || read_timestamp(text, message_.timestamp_ms);
  }
  const record::Envelope* const envelope = slice[i].envelope;
  if (envelope != nullptr && envelope->timestamp.is(Kind::timestamp) && !envelope->timestamp.local())
    message_.timestamp_ms = std::max<std::int64_t>(0, milliseconds_of(envelope->timestamp));
  return true;
}

/// Those that the record came with, but for the ones that the settings give.
void Outbox::set_headers(const Slice& slice, std::size_t i) {
  message_.headers.clear();
  if (const record::Envelope* const envelope = slice[i].envelope) {
    for (const record::Member& each : envelope->headers) {
      const auto& own = settings_.headers;
      const auto replaced = [&each](const auto& header) { return header.first == each.name; };
      if (std::none_of(own.begin(), own.end(), replaced))
        message_.headers.emplace_back(each.name, octets(each.value));
    }
  }
  for (std::size_t h = 0; h < settings_.headers.size(); ++h) {
    message_.headers.emplace_back(settings_.headers[h].first,
                                  slice.computed(i, static_cast<std::size_t>(settings_.header_column) + h));
  }
}

}  // namespace hiveframe::connectors::kafka
