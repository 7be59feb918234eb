#include "pipeline/expr/map_key.hpp"

#include <algorithm>

#include "config/text.hpp"
#include "pipeline/expr/floating.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

namespace {

constexpr std::string_view integer_mark = "\xFF#";
constexpr std::string_view boolean_mark = "\xFF?";

}  // namespace

std::optional<std::string_view> key_name(const Value& key, KeyRoom& room) noexcept {
  char* const begin = room.data();
  char* end = begin;
  const auto mark = [&](std::string_view text) { end = std::copy(text.begin(), text.end(), begin); };
  switch (key.kind()) {
    case Kind::string:
      return key.text();
    case Kind::boolean: {
      mark(boolean_mark);
      const std::string_view word = key.as_boolean() ? "true" : "false";
      end = std::copy(word.begin(), word.end(), end);
      break;
    }
    case Kind::int64:
      mark(integer_mark);
      end = record::write_integer(key.as_int64(), end);
      break;
    case Kind::uint64:
      mark(integer_mark);
      end = record::write_integer(key.as_uint64(), end);
      break;
    default:
      return std::nullopt;
  }
  return std::string_view(begin, static_cast<std::size_t>(end - begin));
}

std::optional<std::string_view> wanted_name(const Value& key, KeyRoom& room) noexcept {
  if (!key.is(Kind::float64)) return key_name(key, room);
  const double number = key.as_float64();
  if (number >= -0x1p63 && number < 0x1p63 &&
      number == static_cast<double>(static_cast<std::int64_t>(number)))
    return key_name(Value::int64(static_cast<std::int64_t>(number)), room);
  if (number >= 0x1p63 && number < 0x1p64)
    return key_name(Value::uint64(static_cast<std::uint64_t>(number)), room);
  char* const digits = std::copy(integer_mark.begin(), integer_mark.end(), room.data());
  const char* const end = write_floating(number, digits);
  return std::string_view(room.data(), static_cast<std::size_t>(end - room.data()));
}

Value key_of(std::string_view name) noexcept {
  if (!is_other_key(name)) return Value::string(name);
  const std::string_view text = key_text(name);
  if (name.starts_with(boolean_mark)) return Value::boolean(text == "true");
  return record::number_from_literal(text);
}

std::string shown_key(std::string_view name) {
  return is_other_key(name) ? std::string(key_text(name)) : config::quote(name);
}

}  // namespace hiveframe::expr
