#include "connectors/kafka/message_batch.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <librdkafka/rdkafka.h>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "connectors/kafka/kafka_source.hpp"
#include "connectors/kafka/key_reader.hpp"
#include "pipeline/codec/avro/wire_format.hpp"
#include "pipeline/codec/byte_digest.hpp"
#include "pipeline/codec/utf8.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using record::Member;
using record::Value;

// Of a record's own metadata; topic and partition are those of all.
constexpr std::array<std::string_view, 4> own_names{"offset", "op", "timestamp", "headers"};

Value text_or_bytes(std::string_view octets, record::Arena& arena) {
  const std::string_view copy = arena.copy(octets);
  return codec::is_utf8(octets) ? Value::string(copy) : Value::bytes(copy);
}

std::span<const Member> headers_of(const rd_kafka_message_t& message, record::Arena& arena) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  const std::size_t count = rd_kafka_header_cnt(headers);
  const std::span<Member> members = arena.array<Member>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    rd_kafka_header_get_all(headers, i, &name, &value, &size);
    members[i].name = arena.copy(name);
    members[i].value =
        value == nullptr ? Value() : text_or_bytes({static_cast<const char*>(value), size}, arena);
  }
  return members;
}

/// By name; of several of one name the last counts, as with Java's lastHeader().
Value as_object(std::span<const Member> headers, record::Arena& arena) {
  const std::span<Member> members = arena.array<Member>(headers.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto same = [&](const Member& later) { return later.name == headers[i].name; };
    if (std::none_of(headers.begin() + static_cast<std::ptrdiff_t>(i) + 1, headers.end(), same))
      members[count++] = headers[i];
  }
  return Value::object(members.first(count));
}

Value timestamp_of(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t ms = rd_kafka_message_timestamp(&message, &type);
  if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms < 0) return {};
  return Value::timestamp(ms / 1000, static_cast<std::uint32_t>(ms % 1000) * 1'000'000);
}

/// Why a message is too long to be a record; nothing if it is not.
std::optional<record::DataError> too_long(const rd_kafka_message_t& message,
                                          const pipeline::ReadLimits& limits) {
  if (message.len > limits.max_record_bytes) {
    return record::DataError{record::DataError::Type::length,
                             "it has " + std::to_string(message.len) + " bytes, more than " +
                                 std::string(limits.longest) + " allows (" +
                                 std::to_string(limits.max_record_bytes) + ")"};
  }
  return std::nullopt;
}

pipeline::RefusedRecord refuse(const rd_kafka_message_t& message, record::DataError error,
                               const Partition& partition, std::size_t before) {
  pipeline::RefusedRecord refused;
  refused.error = std::move(error);
  refused.place = place_of_offset(partition, message.offset);
  refused.position = std::to_string(message.offset);
  refused.before = before;
  refused.length = message.len;
  const std::string_view bytes = value_of(message);
  refused.head = bytes.substr(0, codec::ByteDigest::head_bytes);
  if (bytes.size() > refused.head.size()) {
    codec::ByteDigest digest;
    digest.add(bytes);
    refused.sha256 = digest.sha256();
  }
  return refused;
}

/// Kept by a batch, whose values point into both. Its decoder finds those of the values there.
std::shared_ptr<const void> kept(const KnownSchemas& schemas) {
  if (!schemas.keys) return schemas.values;
  const auto both = std::make_shared<const KnownSchemas>(schemas);
  return {both, both->values.get()};
}

}  // namespace

std::string_view value_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

std::string_view key_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.key), message.key_len};
}

std::string place_of_offset(const Partition& partition, std::int64_t offset) {
  return partition.str() + " offset " + std::to_string(offset);
}

std::vector<std::uint32_t> schema_ids_of(const std::deque<Message>& messages,
                                         std::string_view (*part)(const rd_kafka_message_t&)) {
  std::vector<std::uint32_t> ids;
  for (const Message& message : messages) {
    const std::optional<std::uint32_t> id = codec::avro::schema_id_of(part(*message));
    // Mostly all have the same.
    if (id && (ids.empty() || ids.back() != *id)) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

pipeline::ReadBatch batch_of(std::deque<Message>& messages, const Partition& partition,
                             const SourceSettings& settings, const pipeline::ReadLimits& limits,
                             const KnownSchemas& schemas, std::int64_t& next) {
  pipeline::ReadBatch batch;
  batch.storage = std::make_unique<record::Storage>();
  record::Storage& storage = *batch.storage;
  storage.format = settings.value_deserializer->wire;
  storage.meta_names = own_names;
  storage.schemas = kept(schemas);
  KeyReader keys(settings.key_deserializer, schemas.keys.get(), storage.arena);

  std::size_t count = 0;
  std::size_t bytes = 0;
  for (; count < messages.size() && count < limits.records; ++count) {
    const std::size_t more = messages[count]->len + 1;
    if (count > 0 && bytes + more > limits.bytes) break;
    if (messages[count]->len <= limits.max_record_bytes) bytes += more;
  }

  const std::span<Member> shared = storage.arena.array<Member>(2);
  shared[0] = {meta_names[0], Value::string(storage.arena.copy(partition.topic))};
  shared[1] = {meta_names[1], Value::int64(partition.number)};
  storage.shared_meta = shared;
  char* to = storage.add(record::Buffer(bytes)).data();
  const char* const begin = to;
  bool in_lines = true;
  storage.records.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_message_t& message = *messages[i];
    Value key;
    std::optional<record::DataError> error = too_long(message, limits);
    if (!error && message.key != nullptr) error = keys.read(key_of(message), key);
    if (error) {
      batch.refused.push_back(refuse(message, std::move(*error), partition, storage.records.size()));
      in_lines = false;
      continue;
    }
    record::Record record;
    const std::span<Value> meta = storage.arena.array<Value>(own_names.size());
    meta[0] = Value::int64(message.offset);
    meta[1] = Value();
    record.meta = meta.data();
    record::Envelope* const envelope = storage.arena.array<record::Envelope>(1).data();
    *envelope = {};
    envelope->key = key;
    envelope->timestamp = timestamp_of(message);
    envelope->headers = headers_of(message, storage.arena);
    meta[2] = envelope->timestamp;
    meta[3] = as_object(envelope->headers, storage.arena);
    record.envelope = envelope;
    if (message.payload == nullptr) {
      record.tree = true;
      meta[1] = Value::string("delete");
      in_lines = false;
    } else {
      std::memcpy(to, message.payload, message.len);
      record.original = {to, message.len};
      record.one_line = std::memchr(to, '\n', message.len) == nullptr;
      in_lines = in_lines && record.one_line;
      to += message.len;
      *to++ = '\n';
    }
    storage.records.push_back(record);
  }
  if (in_lines && !storage.records.empty()) storage.lines = {begin, static_cast<std::size_t>(to - begin) - 1};
  if (count > 0) next = messages[count - 1]->offset + 1;
  messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(count));
  batch.end = std::to_string(next);
  return batch;
}

}  // namespace hiveframe::connectors::kafka
