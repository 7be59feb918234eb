// The part of ExactReader that reads strings and what they escape (RFC 8259, section 7).
#include <array>
#include <cstring>

#include "pipeline/codec/json/characters.hpp"
#include "pipeline/codec/json/exact_reader.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace hiveframe::codec::json {
namespace {

using record::DataError;

char* write_utf8(unsigned point, char* to) noexcept {
  if (point < 0x80) {
    *to++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *to++ = static_cast<char>(0xC0 | point >> 6);
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    *to++ = static_cast<char>(0xE0 | point >> 12);
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else {
    *to++ = static_cast<char>(0xF0 | point >> 18);
    *to++ = static_cast<char>(0x80 | (point >> 12 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  }
  return to;
}

/// The first byte at or after `at` that is a quote, a backslash or a control character, or a little before
/// it.
std::size_t after_plain(std::string_view text, std::size_t at) noexcept {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1F);
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i hits =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)), control);
    if (const int mask = _mm_movemask_epi8(hits); mask != 0)
      return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  static_cast<void>(text);
  return at;
}

}  // namespace

bool ExactReader::read_string(std::string_view& string) {
  const std::size_t first = at_ + 1;
  at_ = first;
  for (; (at_ = after_plain(text_, at_)) < text_.size(); ++at_) {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '"') {
      string = text_.substr(first, at_ - first);
      ++at_;
      return true;
    }
    if (c == '\\') return read_escaped(first, at_, string);
    if (c < 0x20) return unexpected("a control character of a string as an escape");
  }
  return fail(DataError::Type::syntax, first - 1, "a string that begins here is not closed");
}

/// `end` is the first backslash after `first`.
bool ExactReader::read_escaped(std::size_t first, std::size_t end, std::string_view& string) {
  // Unescaped text is never longer than escaped; the closing quote bounds it.
  std::size_t quote = end;
  while (quote < text_.size() && text_[quote] != '"')
    quote += text_[quote] == '\\' ? 2 : 1;
  if (quote >= text_.size()) {
    return fail(DataError::Type::syntax, first - 1, "a string that begins here is not closed");
  }
  if (!builds()) {
    at_ = end;
    if (!check_escaped(quote)) return false;
    string = text_.substr(first, quote - first);
    ++at_;
    return true;
  }
  const std::size_t room = quote - first;
  char* const start = static_cast<char*>(arena_->allocate(room, 1));
  std::memcpy(start, text_.data() + first, end - first);
  char* to = start + (end - first);
  at_ = end;
  while (at_ < quote) {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '\\') {
      if (!read_escape(to)) return false;
    } else if (c < 0x20) {
      return unexpected("a control character of a string as an escape");
    } else {
      *to++ = text_[at_++];
    }
  }
  ++at_;
  const auto size = static_cast<std::size_t>(to - start);
  arena_->shrink_last(start, room, size);
  string = {start, size};
  return true;
}

/// Up to the quote that closes the string.
bool ExactReader::check_escaped(std::size_t quote) {
  while (at_ < quote) {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '\\') {
      std::array<char, 4> character{};
      char* to = character.data();
      if (!read_escape(to)) return false;
    } else if (c < 0x20) {
      return unexpected("a control character of a string as an escape");
    } else {
      ++at_;
    }
  }
  return true;
}

bool ExactReader::read_escape(char*& to) {
  const std::size_t begin = at_++;
  switch (text_[at_++]) {
    case '"':
      *to++ = '"';
      return true;
    case '\\':
      *to++ = '\\';
      return true;
    case '/':
      *to++ = '/';
      return true;
    case 'b':
      *to++ = '\b';
      return true;
    case 'f':
      *to++ = '\f';
      return true;
    case 'n':
      *to++ = '\n';
      return true;
    case 'r':
      *to++ = '\r';
      return true;
    case 't':
      *to++ = '\t';
      return true;
    case 'u':
      break;
    default:
      return fail(DataError::Type::syntax, begin, "an escape that JSON does not have");
  }
  unsigned unit = 0;
  if (!read_code_unit(unit)) return false;
  if (unit >= 0xDC00 && unit <= 0xDFFF) {
    return fail(DataError::Type::encoding, begin, "a low surrogate escape without a high one before it");
  }
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    unsigned low = 0;
    const bool follows = text_.substr(at_).starts_with("\\u");
    if (follows) {
      at_ += 2;
      if (!read_code_unit(low)) return false;
    }
    if (low < 0xDC00 || low > 0xDFFF) {
      return fail(DataError::Type::encoding, begin, "a high surrogate escape without a low one after it");
    }
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  to = write_utf8(unit, to);
  return true;
}

bool ExactReader::read_code_unit(unsigned& unit) {
  unit = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!is_digit(c) && !letter) return unexpected("four hexadecimal digits after \\u");
    unit = unit * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return true;
}

}  // namespace hiveframe::codec::json
