// The part of JsonFramer that goes on within a record, and finds its end.
#include <cstring>

#include "pipeline/codec/json/characters.hpp"
#include "pipeline/codec/json/framer.hpp"
#include "pipeline/codec/json/value_end.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace hiveframe::codec::json {
namespace {

constexpr std::int32_t widest_indent = 1 << 20;

/// The first quote, backslash or end of line at or after `at`.
std::size_t find_in_text(std::string_view window, std::size_t at) noexcept {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i newline = _mm_set1_epi8('\n');
  for (; at + 16 <= window.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(window.data() + at));
    const __m128i hits =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                     _mm_cmpeq_epi8(bytes, newline));
    if (const int mask = _mm_movemask_epi8(hits); mask != 0) {
      return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
    }
  }
#endif
  while (at < window.size() && window[at] != '"' && window[at] != '\\' && window[at] != '\n')
    ++at;
  return at;
}

}  // namespace

/// Goes on within a record. True: it ended.
bool JsonFramer::advance(std::string_view window, std::size_t& at, Ended& ended) {
  while (at < window.size()) {
    bool done = false;
    switch (inside_) {
      case Inside::plain:
        done = advance_plain(window, at, ended);
        break;
      case Inside::nested:
        done = advance_nested(window, at, ended);
        break;
      case Inside::text:
        done = advance_text(window, at, ended);
        break;
      case Inside::escape:
        // An end of line cannot be escaped; advance_text() sees it.
        if (window[at] != '\n') ++at;
        inside_ = Inside::text;
        break;
      default:
        done = advance_garbage(window, at, ended);
    }
    if (done) return true;
  }
  return false;
}

bool JsonFramer::advance_plain(std::string_view window, std::size_t& at, Ended& ended) noexcept {
  const char c = window[at];
  const bool begun = before_ != '\0';
  if (!in_array() && begun && (is_space(c) || c == '{' || c == '[' || c == '"')) {
    return finish(window, at, at, ended);
  }
  if (in_array() && (c == ',' || c == ']')) {
    place_ = c == ',' ? Place::element : Place::after_array;
    return finish(window, at, at + 1, ended);
  }
  if (is_space(c)) {
    pass_space(c);
    ++at;
    return false;
  }
  if (c == '"') {
    inside_ = Inside::text;
  } else if (c == '{' || c == '[') {
    if (const std::size_t end = value_end(window, at); end != 0) {
      at = end;
      indent_ = -1;
      if (!in_array()) return finish(window, at, at, ended);
      before_ = window[end - 1];
      return false;
    }
    open(c);
    inside_ = Inside::nested;
  } else if (c == '}') {
    inside_ = Inside::garbage;
  }
  before_ = c;
  indent_ = -1;
  ++at;
  return false;
}

bool JsonFramer::advance_nested(std::string_view window, std::size_t& at, Ended& ended) noexcept {
  for (; at < window.size(); ++at) {
    const char c = window[at];
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        pass_space(c);
        continue;
      case '"':
        inside_ = Inside::text;
        break;
      case '{':
      case '[':
        if (!open(c)) {
          inside_ = Inside::garbage;
          return false;
        }
        break;
      case '}':
      case ']':
        if (!close(c)) {
          inside_ = Inside::garbage;
          return false;
        }
        if (depth_ == 0) {
          ++at;
          indent_ = -1;
          if (!in_array()) return finish(window, at, at, ended);
          inside_ = Inside::plain;
          before_ = c;
          return false;
        }
        break;
      default:
        break;
    }
    before_ = c;
    indent_ = -1;
    if (inside_ == Inside::text) {
      ++at;
      return false;
    }
  }
  return false;
}

bool JsonFramer::advance_text(std::string_view window, std::size_t& at, Ended& ended) noexcept {
  at = find_in_text(window, at);
  if (at == window.size()) return false;
  switch (window[at]) {
    case '"':
      ++at;
      if (depth_ == 0 && !in_array()) return finish(window, at, at, ended);
      inside_ = depth_ == 0 ? Inside::plain : Inside::nested;
      return false;
    case '\\':
      ++at;
      inside_ = Inside::escape;
      return false;
    default:
      // A string holds no raw end of line: its closing quote is missing.
      inside_ = Inside::garbage;
      return false;
  }
}

bool JsonFramer::advance_garbage(std::string_view window, std::size_t& at, Ended& ended) noexcept {
  for (; at < window.size(); ++at) {
    const char c = window[at];
    if (is_space(c)) {
      pass_space(c);
    } else if (begins_record(c)) {
      // What was passed over may have ended with a comma or without: neither is held against it.
      if (in_array()) place_ = c == ']' ? Place::first_element : Place::element;
      return finish(window, at, at, ended);
    } else {
      indent_ = -1;
      // Nothing matters before the next line.
      const void* newline = std::memchr(window.data() + at, '\n', window.size() - at);
      if (newline == nullptr) {
        at = window.size();
        return false;
      }
      at = static_cast<std::size_t>(static_cast<const char*>(newline) - window.data()) - 1;
    }
  }
  return false;
}

/// False: no value can begin here.
bool JsonFramer::open(char bracket) noexcept {
  if (depth_ > 0) {
    const bool in_list = depth_ > told_apart || is_list_[depth_ - 1];
    if (before_ != ':' && before_ != '[' && (before_ != ',' || !in_list)) return false;
  }
  if (depth_ < told_apart) is_list_[depth_] = bracket == '[';
  ++depth_;
  return true;
}

/// False: another bracket is open.
bool JsonFramer::close(char bracket) noexcept {
  if (depth_ <= told_apart && is_list_[depth_ - 1] != (bracket == ']')) return false;
  --depth_;
  return true;
}

void JsonFramer::pass_space(char c) noexcept {
  if (c == '\n') {
    indent_ = 0;
  } else if (indent_ >= 0 && indent_ < widest_indent) {
    ++indent_;
  }
}

/// Whether a record that cannot be right ends before `c`.
bool JsonFramer::begins_record(char c) const noexcept {
  if (indent_ < 0) return false;
  if (!in_array()) return indent_ == 0 && (c == '{' || c == '[');
  if (c == ']') return indent_ == 0 && element_indent_ != 0;
  return (c == '{' || c == '[') && indent_ == element_indent_;
}

bool JsonFramer::finish(std::string_view window, std::size_t end, std::size_t next, Ended& ended) noexcept {
  while (end > 0 && is_space(window[end - 1]))
    --end;
  inside_ = Inside::none;
  ended = {end, next};
  return true;
}

}  // namespace hiveframe::codec::json
