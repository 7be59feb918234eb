#include "pipeline/record/from_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::record {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool same_word(std::string_view text, std::string_view lower) noexcept {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

std::optional<Value> boolean(std::string_view text) noexcept {
  for (const std::string_view word : {"true", "t", "yes", "y", "on", "1"})
    if (same_word(text, word)) return Value::boolean(true);
  for (const std::string_view word : {"false", "f", "no", "n", "off", "0"})
    if (same_word(text, word)) return Value::boolean(false);
  return std::nullopt;
}

// Without a leading '+', which std::from_chars and JSON know nothing of.
std::optional<std::string_view> without_plus(std::string_view text) noexcept {
  if (!text.starts_with('+')) return text;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  return text;
}

template <typename Integer>
std::optional<Integer> integer(std::string_view text) noexcept {
  Integer number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<Value> float64(std::string_view text) noexcept {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return Value::float64(number);
}

std::optional<Value> decimal(std::string_view text) noexcept {
  while (text.size() > 1 && text[0] == '0' && is_digit(text[1]))
    text.remove_prefix(1);
  if (!is_number_literal(text)) return std::nullopt;
  return number_from_literal(text);
}

std::optional<Value> timestamp(std::string_view text) noexcept {
  constexpr std::size_t longest = 64;
  constexpr std::size_t time_begins = 10;
  if (text.size() <= time_begins || text.size() > longest || text[time_begins] != ' ') {
    return parse_timestamp(text);
  }
  std::array<char, longest> copy;
  std::memcpy(copy.data(), text.data(), text.size());
  copy[time_begins] = 'T';
  return parse_timestamp({copy.data(), text.size()});
}

}  // namespace

std::optional<Value> from_text(std::string_view text, Kind kind) noexcept {
  switch (kind) {
    case Kind::string:
      return Value::string(text);
    case Kind::bytes:
      return Value::bytes(text);
    case Kind::boolean:
      return boolean(text);
    case Kind::timestamp:
      return timestamp(text);
    case Kind::date:
      return parse_date(text);
    case Kind::duration:
      return parse_duration(text);
    case Kind::int64:
    case Kind::uint64:
    case Kind::float64:
    case Kind::decimal:
      break;
    case Kind::null:
    case Kind::list:
    case Kind::object:
      return std::nullopt;
  }
  const std::optional<std::string_view> number = without_plus(text);
  if (!number) return std::nullopt;
  if (kind == Kind::float64) return float64(*number);
  if (kind == Kind::decimal) return decimal(*number);
  if (kind == Kind::uint64) {
    const auto value = integer<std::uint64_t>(*number);
    return value ? std::optional(Value::uint64(*value)) : std::nullopt;
  }
  const auto value = integer<std::int64_t>(*number);
  return value ? std::optional(Value::int64(*value)) : std::nullopt;
}

Value guess_from_text(std::string_view text) noexcept {
  if (text == "true") return Value::boolean(true);
  if (text == "false") return Value::boolean(false);
  if (text.empty() || (text.front() != '-' && !is_digit(text.front()))) return Value::string(text);
  if (text.find_first_of("eE") != std::string_view::npos || text == "-0") return Value::string(text);
  return is_number_literal(text) ? number_from_literal(text) : Value::string(text);
}

}  // namespace hiveframe::record
