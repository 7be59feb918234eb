#include "pipeline/codec/json/writer.hpp"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::codec::json {
namespace {

using record::Kind;
using record::Value;

constexpr std::uint64_t ones = 0x0101010101010101;
constexpr std::uint64_t highs = 0x8080808080808080;

/// Not zero where one of the eight bytes must be escaped: below 0x20, a quote, a backslash. The lowest
/// bit set is that of the first such byte; those above it may be wrong (Bit Twiddling Hacks, "Determine
/// if a word has a byte less than n").
std::uint64_t to_escape(std::uint64_t bytes) noexcept {
  const std::uint64_t quote = bytes ^ ones * '"';
  const std::uint64_t backslash = bytes ^ ones * '\\';
  return ((bytes - ones * 0x20) & ~bytes & highs) | ((quote - ones) & ~quote & highs) |
         ((backslash - ones) & ~backslash & highs);
}

template <class Word>
Word load(const void* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

bool must_escape(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20) | (c == '"') | (c == '\\');
}

using Bytes [[gnu::vector_size(16)]] = unsigned char;
using Words [[gnu::vector_size(16)]] = std::uint64_t;

/// Ones in the bytes that must be escaped.
Bytes to_escape(Bytes bytes) noexcept {
  return reinterpret_cast<Bytes>((bytes < 0x20) | (bytes == '"') | (bytes == '\\'));
}

Bytes side_by_side(std::uint64_t first, std::uint64_t second) noexcept {
  return reinterpret_cast<Bytes>(Words{first, second});
}

bool none(Bytes found) noexcept {
  const auto words = reinterpret_cast<Words>(found);
  return (words[0] | words[1]) == 0;
}

/// Copies `size` bytes. False: one of them must be escaped, and what stands at `to` is of no use. The last
/// bytes are taken together with some before them that were taken already, so that none are left over.
inline bool copy_clean(const char* from, std::size_t size, char* to) noexcept {
  if (size >= 16) {
    Bytes found{};
    for (std::size_t i = 0; i + 16 < size; i += 16) {
      const auto bytes = load<Bytes>(from + i);
      std::memcpy(to + i, &bytes, sizeof bytes);
      found |= to_escape(bytes);
    }
    const auto last = load<Bytes>(from + size - 16);
    std::memcpy(to + size - 16, &last, sizeof last);
    return none(found | to_escape(last));
  }
  if (size >= 8) {
    const auto first = load<std::uint64_t>(from);
    const auto last = load<std::uint64_t>(from + size - 8);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - 8, &last, sizeof last);
    return none(to_escape(side_by_side(first, last)));
  }
  if (size >= 4) {
    const auto first = load<std::uint32_t>(from);
    const auto last = load<std::uint32_t>(from + size - 4);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - 4, &last, sizeof last);
    const std::uint64_t both = std::uint64_t{last} << 32 | first;
    return none(to_escape(side_by_side(both, both)));
  }
  if (size == 0) return true;
  const char first = from[0];
  const char middle = from[size / 2];
  const char last = from[size - 1];
  to[0] = first;
  to[size / 2] = middle;
  to[size - 1] = last;
  return !(must_escape(first) | must_escape(middle) | must_escape(last));
}

}  // namespace

bool Writer::write(const Value& value) {
  switch (value.kind()) {
    case Kind::string:
      write_string(value.text());
      return true;
    case Kind::int64:
      reserve(record::max_number_text);
      at_ = record::write_integer(value.as_int64(), at_);
      return true;
    case Kind::float64:
      return write_number(value.as_float64());
    case Kind::object:
      return write_object(value);
    case Kind::list:
      return write_list(value);
    case Kind::boolean:
      write_raw(value.as_boolean() ? std::string_view("true") : std::string_view("false"));
      return true;
    case Kind::null:
      write_raw("null");
      return true;
    case Kind::uint64:
      reserve(record::max_number_text);
      at_ = record::write_integer(value.as_uint64(), at_);
      return true;
    case Kind::decimal:
      write_raw(value.text());
      return true;
    case Kind::bytes:
      write_base64(value.text());
      return true;
    default:
      break;
  }
  reserve(record::max_time_text + 2);
  *at_++ = '"';
  at_ = value.is(Kind::timestamp) ? record::write_timestamp(value, at_)
        : value.is(Kind::date)    ? record::write_date(value, at_)
                                  : record::write_duration(value, at_);
  *at_++ = '"';
  return true;
}

bool Writer::write_object(const Value& object) {
  reserve(2);
  *at_++ = '{';
  for (const record::Member& member : object.members()) {
    write_string(member.name);
    *at_++ = ':';
    if (member.value.is(Kind::string)) {  // the most frequent
      write_string(member.value.text());
    } else if (!write(member.value)) {
      return below_member(member.name);
    }
    *at_++ = ',';
  }
  close('}');
  return true;
}

bool Writer::write_list(const Value& list) {
  reserve(2);
  *at_++ = '[';
  const auto items = list.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!write(items[i])) return below_item(i);
    *at_++ = ',';
  }
  close(']');
  return true;
}

void Writer::close(char bracket) {
  // The last comma gives way to the bracket.
  if (at_[-1] == ',') --at_;
  *at_++ = bracket;
  reserve(0);
}

bool Writer::below_member(std::string_view name) {
  path_ = fmt::format(".{}{}", name, path_);
  return false;
}

bool Writer::below_item(std::size_t i) {
  path_ = fmt::format("[{}]{}", i, path_);
  return false;
}

bool Writer::write_number(double number) {
  if (!std::isfinite(number)) {
    cause_ = std::isnan(number) ? "NaN" : number > 0 ? "infinity" : "-infinity";
    return false;
  }
  reserve(record::max_number_text);
  at_ = record::write_float64(number, at_);
  return true;
}

void Writer::write_raw(std::string_view text) {
  reserve(text.size());
  if (!text.empty()) std::memcpy(at_, text.data(), text.size());
  at_ += text.size();
}

void Writer::write_string(std::string_view text) {
  const std::size_t quoted = text.size() + 2;
  if (static_cast<std::size_t>(end_ - at_) <= quoted) {
    write_string_elsewhere(text);
    return;
  }
  char* const to = at_;  // what is written might be at_ itself, for all the compiler knows
  *to = '"';
  if (!copy_clean(text.data(), text.size(), to + 1)) {
    write_escaped(text);
    return;
  }
  to[quoted - 1] = '"';
  at_ = to + quoted;
}

void Writer::write_string_elsewhere(std::string_view text) {
  grow(text.size() + 3);
  write_string(text);
}

void Writer::write_escaped(std::string_view text) {
  // By segments, so that little room is asked for beyond what is needed.
  constexpr std::size_t segment = 1024;
  constexpr std::size_t longest_escape = 6;
  reserve(1);
  *at_++ = '"';
  while (!text.empty()) {
    const std::string_view part = text.substr(0, segment);
    reserve(part.size() * longest_escape);
    at_ = escape_segment(part, at_);
    text.remove_prefix(part.size());
  }
  reserve(1);
  *at_++ = '"';
}

char* Writer::escape_segment(std::string_view text, char* to) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (end - at >= 8) {
      const auto word = load<std::uint64_t>(at);
      std::memcpy(to, &word, sizeof word);
      const std::uint64_t found = to_escape(word);
      const int clean = found == 0 ? 8 : __builtin_ctzll(found) / 8;
      at += clean;
      to += clean;
      if (found == 0) continue;
    } else if (!must_escape(*at)) {
      *to++ = *at++;
      continue;
    }
    const char c = *at++;
    *to++ = '\\';
    switch (c) {
      case '"':
      case '\\':
        *to++ = c;
        break;
      case '\n':
        *to++ = 'n';
        break;
      case '\r':
        *to++ = 'r';
        break;
      case '\t':
        *to++ = 't';
        break;
      case '\b':
        *to++ = 'b';
        break;
      case '\f':
        *to++ = 'f';
        break;
      default: {
        constexpr std::string_view digits = "0123456789abcdef";
        to[0] = 'u';
        to[1] = '0';
        to[2] = '0';
        to[3] = digits[static_cast<unsigned char>(c) >> 4];
        to[4] = digits[static_cast<unsigned char>(c) & 15];
        to += 5;
      }
    }
  }
  return to;
}

void Writer::write_base64(std::string_view octets) {
  // EVP_EncodeBlock writes a 0 behind the text and counts in int: whole groups of three, some at a time.
  constexpr std::size_t segment = 3 * 1024 * 1024;
  reserve(1);
  *at_++ = '"';
  while (!octets.empty()) {
    const std::string_view part = octets.substr(0, segment);
    reserve((part.size() + 2) / 3 * 4 + 1);
    at_ +=
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(at_),
                        reinterpret_cast<const unsigned char*>(part.data()), static_cast<int>(part.size()));
    octets.remove_prefix(part.size());
  }
  reserve(1);
  *at_++ = '"';
}

std::string_view Writer::finish(std::size_t extra) {
  const auto size = static_cast<std::size_t>(at_ - start_);
  arena_.take(size + extra);
  return {start_, size};
}

std::string Writer::problem() const {
  std::string_view path = path_;
  if (path.starts_with('.')) path.remove_prefix(1);
  std::string text(path);
  if (!text.empty()) text += ": ";
  text += cause_;
  return text;
}

void Writer::grow(std::size_t bytes) {
  const auto written = static_cast<std::size_t>(at_ - start_);
  // The block in use is too small. What was written moves to a larger one; it stays readable until then.
  const auto room = arena_.spare(written + bytes + written / 2);
  if (written != 0 && room.data() != start_) std::memcpy(room.data(), start_, written);
  start_ = room.data();
  at_ = start_ + written;
  end_ = start_ + room.size();
}

}  // namespace hiveframe::codec::json
