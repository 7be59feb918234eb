// The logical types.
#include <charconv>
#include <cstdint>

#include "pipeline/codec/avro/datum_octets.hpp"
#include "pipeline/codec/avro/datum_writer.hpp"
#include "pipeline/codec/avro/decimal_octets.hpp"
#include "pipeline/codec/avro/time_value.hpp"
#include "pipeline/record/decimal.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::codec::avro {

using record::Value;
using Is = record::Kind;

namespace {

std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

/// `10:15:30.5`; nothing if it is no time of a day.
std::optional<Value> time_from_text(std::string_view text) {
  return record::parse_timestamp(std::string("1970-01-01T").append(text.substr(0, record::max_time_text)));
}

std::string of_decimal(const Type& type) {
  return "decimal(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ") of the schema";
}

}  // namespace

bool DatumWriter::write_units(const Type& type, std::int64_t seconds, std::uint32_t nanos) {
  const std::uint32_t per_second = units_per_second(type.logical);
  const std::uint32_t nanos_per_unit = nanos_per_second / per_second;
  if (nanos % nanos_per_unit != 0) {
    return refuse("it is finer than " + type.described() +
                  " holds; let the schema say a finer unit, or cut it off before");
  }
  std::int64_t units = 0;
  if (__builtin_mul_overflow(seconds, std::int64_t{per_second}, &units) ||
      __builtin_add_overflow(units, std::int64_t{nanos / nanos_per_unit}, &units)) {
    return refuse("it is beyond what " + type.described() + " holds, which ends in the year 2262");
  }
  put_long(units);
  return true;
}

bool DatumWriter::write_date(const Type& type, const Value& value) {
  if (!value.is(Is::date)) return refuse(type, value, "make it a date, as the transform 'cast' does");
  if (value.days() < INT32_MIN || value.days() > INT32_MAX)
    return refuse("it is beyond the days that an int holds");
  put_long(value.days());
  return true;
}

bool DatumWriter::write_time(const Type& type, const Value& value) {
  if (value.is(Is::duration)) {
    if (value.seconds() < 0 || value.seconds() >= seconds_per_day)
      return refuse("the duration is no time of a day, from 0s to less than 24h");
    return write_units(type, value.seconds(), value.nanos());
  }
  if (!value.is(Is::string))
    return refuse(type, value, "make it a text, as in '10:15:30', or a duration from midnight");
  const std::optional<Value> time = time_from_text(value.text());
  if (!time || !time->local()) return refuse("the text is no time of a day as in '10:15:30.5'");
  return write_units(type, time->seconds(), time->nanos());
}

bool DatumWriter::write_timestamp(const Type& type, const Value& value) {
  if (!value.is(Is::timestamp))
    return refuse(type, value, "make it a timestamp, as the transform 'cast' does");
  const bool local = is_local_timestamp(type.logical);
  if (value.local() != local) {
    return refuse(local ? "a timestamp of a zone is no local one"
                        : "a local timestamp is no moment; give it a zone");
  }
  return write_units(type, value.seconds(), value.nanos());
}

bool DatumWriter::write_decimal(const Type& type, const Value& value) {
  // A fixed one has as many octets as its size, the sign in front.
  switch (octets_of_decimal(value, type.precision, type.scale, decimal_)) {
    case DecimalFit::no_number:
      if (record::is_number(value)) return refuse("neither NaN nor infinity is a decimal");
      return refuse(type, value, "make it a number, as the transform 'cast' does");
    case DecimalFit::scale:
      return refuse("it has more digits behind the point than " + of_decimal(type) + " keeps; round it");
    case DecimalFit::precision:
      return refuse("it has more digits than " + of_decimal(type) + " keeps");
    case DecimalFit::fits:
      break;
  }
  if (type.kind == Kind::bytes) {
    put_text(decimal_);
    return true;
  }
  // Its digits fit the size, or the schema would not say decimal.
  decimal_.insert(0, type.size - decimal_.size(), octet(decimal_.front()) >= 0x80 ? '\xFF' : '\0');
  put(decimal_);
  return true;
}

bool DatumWriter::write_uuid(const Type& type, const Value& value) {
  const std::string_view text = value.text();
  const auto wrong = [&] { return refuse("the text is no UUID of 36 characters, for " + type.described()); };
  if (text.size() != uuid_text) return wrong();
  reserve(type.size);
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return wrong();
      continue;
    }
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (error != std::errc() || end != text.data() + i + 2) return wrong();
    *at_++ = static_cast<char>(byte);
    i += 2;
  }
  return true;
}

}  // namespace hiveframe::codec::avro
