#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/avro/schema.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

/// Writes values as data of a schema, in the binary encoding, at the end of an arena. Nothing is rounded but
/// doubles to the nearest float where the schema says float, nothing left out, nothing made up:
///
/// - An integer is any number without a fraction that the width holds; a double any number that it can be.
/// - A decimal has no more digits than its precision, and behind the point than its scale.
/// - Times and timestamps are not finer than the schema's unit. A time of day is text, or a duration from
/// midnight.
/// - bytes, fixed: bytes, or the UTF-8 of a string. An enum: one of its symbols.
/// - A record's field that is absent is its default; without one null, where null is of its type. Members
/// that the
///   schema lacks are an error.
/// - A union's branch is the first that the value is of, else the first that it can be written as.
///
/// One thread at a time; keeps scratch.
class DatumWriter {
 public:
  static constexpr std::size_t max_depth = 512;

  /// Appends to what is in the arena; nothing else may use it before finish().
  void begin(record::Arena& arena, std::string_view header);
  /// False: `error` names the field and what to do.
  bool write(const Type& type, const record::Value& value, record::DataError& error);
  /// What was written, the header first.
  std::string_view finish();

 private:
  bool write_value(const Type& type, const record::Value& value);
  bool write_integer(const Type& type, const record::Value& value);
  bool write_time(const Type& type, const record::Value& value);
  bool write_date(const Type& type, const record::Value& value);
  bool write_timestamp(const Type& type, const record::Value& value);
  bool write_units(const Type& type, std::int64_t seconds, std::uint32_t nanos);
  bool write_floating(const Type& type, const record::Value& value);
  bool write_octets(const Type& type, const record::Value& value);
  bool write_decimal(const Type& type, const record::Value& value);
  bool write_uuid(const Type& type, const record::Value& value);
  bool write_symbol(const Type& type, const record::Value& value);
  bool write_list(const Type& type, const record::Value& value);
  bool write_map(const Type& type, const record::Value& value);
  bool write_record(const Type& type, const record::Value& value);
  bool write_absent(const Field& field);
  bool write_branch(const Type& type, const record::Value& value);

  bool refuse(const Type& type, const record::Value& value, std::string_view advice = {});
  bool refuse(std::string problem);
  bool within(std::string_view name);
  bool within(std::size_t index);

  void put(std::string_view octets);
  void put_long(std::int64_t number);
  void put_text(std::string_view text);
  void reserve(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
  }
  void grow(std::size_t bytes);

  record::Arena* arena_ = nullptr;
  char* start_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
  std::size_t depth_ = 0;
  std::string decimal_;  // scratch
  record::DataError* error_ = nullptr;
  std::string path_;
};

}  // namespace hiveframe::codec::avro
