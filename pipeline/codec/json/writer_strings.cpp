// The part of Writer that writes strings and escapes in them what JSON must (RFC 8259, section 7).
#include <cstring>

#include "pipeline/codec/json/writer.hpp"

namespace hiveframe::codec::json {
namespace {

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

bool must_escape(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

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
  return !must_escape(first) && !must_escape(middle) && !must_escape(last);
}

}  // namespace

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

}  // namespace hiveframe::codec::json
