#include "connectors/postgres/copy_text.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

#include "pipeline/codec/json/writer.hpp"
#include "pipeline/codec/utf8.hpp"
#include "pipeline/expr/scalar_text.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::connectors::postgres {
namespace {

using record::Kind;
using record::Value;

// For each octet what stands behind its backslash in COPY's text; 0: it stands for itself.
constexpr std::array<char, 256> escapes = [] {
  std::array<char, 256> table{};
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['\v'] = 'v';
  return table;
}();

char escape_of(char c) noexcept { return escapes[static_cast<unsigned char>(c)]; }

constexpr std::int64_t seconds_of_day = 24 * 60 * 60;
// The first double beyond int64.
constexpr double beyond_int64 = 9'223'372'036'854'775'808.0;

/// A time of the day from midnight; nothing if it is none.
std::string time_of_day(const Value& duration) {
  const std::int64_t seconds = duration.seconds();
  const bool is_end = seconds == seconds_of_day && duration.nanos() == 0;
  if (seconds < 0 || (seconds >= seconds_of_day && !is_end)) return {};
  return fmt::format("{:02}:{:02}:{:02}.{:09}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                     duration.nanos());
}

/// Numbers that have no literal.
std::string_view name_of(double number) noexcept {
  if (std::isnan(number)) return "NaN";
  return number > 0 ? "Infinity" : "-Infinity";
}

}  // namespace

void escape_for_copy(std::string_view text, std::string& out) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = escape_of(text[i]);
    if (escape == 0) continue;
    out.append(text, begin, i - begin);
    out += '\\';
    out += escape;
    begin = i + 1;
  }
  out.append(text, begin);
}

bool CopyText::write(const Value& value, const Type& type, std::string& out, std::string& problem) {
  if (value.is_null()) {
    out += "\\N";
    return true;
  }
  if (type.array && !value.is(Kind::string)) {
    if (!value.is(Kind::list)) {
      problem = "takes a list";
      return false;
    }
    array_.clear();
    if (!write_array(value, type, array_, problem)) return false;
    escape_for_copy(array_, out);
    return true;
  }
  std::string_view text;
  // A text for an array is one as SQL writes it.
  const bool written =
      type.array ? scalar_text(value, type, text, problem) : input_text(value, type, text, problem);
  if (!written) return false;
  escape_for_copy(text, out);
  return true;
}

bool CopyText::input_text(const Value& value, const Type& type, std::string_view& text,
                          std::string& problem) {
  if (type.kind == TypeClass::json || value.is(Kind::list) || value.is(Kind::object))
    return json_text(value, text, problem);
  if (type.kind == TypeClass::bytes && (value.is(Kind::string) || value.is(Kind::bytes))) {
    text = hex_text(value.text());
    return true;
  }
  return scalar_text(value, type, text, problem);
}

bool CopyText::scalar_text(const Value& value, const Type& type, std::string_view& text,
                           std::string& problem) {
  switch (value.kind()) {
    case Kind::bytes:
      if (!codec::is_utf8(value.text())) {
        problem = "takes text, and these bytes are no UTF-8";
        return false;
      }
      [[fallthrough]];
    case Kind::string:
      text = value.text();
      if (text.find('\0') == std::string_view::npos) return true;
      problem = "cannot hold a NUL character, as no text of PostgreSQL can";
      return false;
    case Kind::boolean:
      if (type.kind != TypeClass::integer) break;
      text = value.as_boolean() ? "1" : "0";
      return true;
    case Kind::float64: {
      const double number = value.as_float64();
      if (!std::isfinite(number)) {
        text = name_of(number);
        return true;
      }
      const bool whole = number == std::trunc(number) && std::fabs(number) < beyond_int64;
      if (type.kind != TypeClass::integer || !whole) break;
      char* const end = record::write_integer(static_cast<std::int64_t>(number), room_.data());
      text = {room_.data(), static_cast<std::size_t>(end - room_.data())};
      return true;
    }
    case Kind::duration:
      if (type.kind != TypeClass::time) break;
      scratch_ = time_of_day(value);
      text = scratch_;
      if (!text.empty()) return true;
      problem = "takes a time of the day, and this duration is none";
      return false;
    default:
      break;
  }
  const std::optional<std::string_view> plain = expr::scalar_text(value, room_);
  if (plain) text = *plain;
  if (!plain) problem = "cannot hold it";
  return plain.has_value();
}

std::string_view CopyText::hex_text(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  scratch_ = "\\x";
  scratch_.reserve(2 + 2 * octets.size());
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    scratch_ += digits[octet >> 4U];
    scratch_ += digits[octet & 15U];
  }
  return scratch_;
}

bool CopyText::json_text(const Value& value, std::string_view& text, std::string& problem) {
  arena_.reset();
  codec::json::Writer writer(arena_);
  if (!writer.write(value)) {
    problem = "takes JSON, which has no number for " + writer.problem();
    return false;
  }
  text = writer.finish();
  return true;
}

/// An array as SQL writes it (PostgreSQL's documentation, 8.15.6). Elements are always in quotes, so that no
/// text is taken for NULL or for more than one.
bool CopyText::write_array(const Value& list, const Type& type, std::string& out, std::string& problem) {
  out += '{';
  bool first = true;
  for (const Value& each : list.items()) {
    if (!first) out += type.delimiter;
    first = false;
    if (each.is_null()) {
      out += "NULL";
    } else if (each.is(Kind::list) && type.kind != TypeClass::json) {
      if (!write_array(each, type, out, problem)) return false;
    } else {
      std::string_view text;
      if (!input_text(each, type, text, problem)) return false;
      out += '"';
      for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
    }
  }
  out += '}';
  return true;
}

}  // namespace hiveframe::connectors::postgres
