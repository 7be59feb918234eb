#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pipeline/codec/avro/datum.hpp"
#include "pipeline/codec/avro/datum_writer.hpp"
#include "pipeline/codec/avro/plan.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/json/writer.hpp"

namespace hiveframe::codec::avro {

inline std::string from_hex(std::string_view hex) {
  std::string octets;
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    if (hex[i] == ' ')
      --i;
    else
      octets += static_cast<char>(digit(hex[i]) << 4U | digit(hex[i + 1]));
  }
  return octets;
}

inline std::string to_hex(std::string_view octets) {
  std::string hex;
  for (const char c : octets) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  }
  return hex;
}

inline std::string to_json(const record::Value& value) {
  record::Arena arena;
  json::Writer writer(arena);
  if (!writer.write(value)) return writer.problem();
  return std::string(writer.finish());
}

/// Schemas in single quotes, for reading.
inline std::string with_quotes(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c == '\'') c = '"';
  return out;
}

inline std::shared_ptr<const Schema> schema(std::string_view text) {
  std::string problem;
  auto made = Schema::parse(with_quotes(text), problem);
  if (!made) throw std::runtime_error(std::string(text) + ": " + problem);
  return made;
}

/// What a datum is read as: JSON, or the error.
class Reading {
 public:
  explicit Reading(std::string_view writer) : Reading(schema(writer)) {}
  explicit Reading(const std::shared_ptr<const Schema>& both) : Reading(both, both) {}
  Reading(std::string_view writer, std::string_view reader) : Reading(schema(writer), schema(reader)) {}
  Reading(const std::shared_ptr<const Schema>& writer, const std::shared_ptr<const Schema>& reader) {
    std::string problem;
    plan_ = Plan::make(writer, reader, problem);
    if (!plan_) throw std::runtime_error(problem);
  }

  std::string of(std::string_view octets) {
    record::Value value;
    if (!read(octets, value)) return error.message;
    return to_json(value);
  }
  std::string hex(std::string_view digits) { return of(from_hex(digits)); }
  bool read(std::string_view octets, record::Value& value) {
    // On the heap and no longer than it is, so that a sanitizer sees what is read behind it.
    octets_ = std::make_unique<char[]>(octets.size());
    std::copy(octets.begin(), octets.end(), octets_.get());
    return datum.read(plan_->root(), {octets_.get(), octets.size()}, arena, value, error);
  }
  std::string find(std::vector<std::string_view> path) {
    const auto found = datum.find(path, arena);
    return found ? to_json(*found) : "absent";
  }

  Datum datum;
  record::Arena arena;
  record::DataError error;

 private:
  std::shared_ptr<const Plan> plan_;
  std::unique_ptr<char[]> octets_;
};

/// What a value is written as: hex, or the error.
inline std::string written(const Schema& by, const record::Value& value) {
  record::Arena arena;
  DatumWriter writer;
  record::DataError error;
  writer.begin(arena, "");
  if (!writer.write(by.root(), value, error)) return error.message;
  return to_hex(writer.finish());
}

/// The same of a JSON text.
inline std::string written(std::string_view by, std::string_view json_text) {
  record::Arena arena;
  record::Value value;
  record::DataError error;
  json::ExactReader reader;
  const std::string text = with_quotes(json_text);
  if (!reader.read(text, arena, value, error)) return error.message;
  return written(*schema(by), value);
}

}  // namespace hiveframe::codec::avro
