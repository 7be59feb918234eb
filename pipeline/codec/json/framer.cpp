#include "pipeline/codec/json/framer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fmt/format.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace hiveframe::codec::json {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// Problems of which save_before() has to know.
constexpr const char* after_the_end = "text after the end of the array";
constexpr const char* not_closed = "the array is not closed where the stream ends";
constexpr std::int32_t widest_indent = 1 << 20;
constexpr std::size_t most_left = 4096;  // bytes that skip() looks at again

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool begins_scalar(char c) noexcept {
  return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n';
}

std::uint64_t newlines(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

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

std::size_t JsonFramer::scan(std::string_view window, bool at_end, std::size_t limit,
                             std::vector<Frame>& frames) {
  std::size_t begin = 0;  // of the record, if one is open
  std::size_t at = searched_;
  searched_ = 0;
  const std::size_t wanted = frames.size() + limit;
  while (frames.size() < wanted) {
    if (inside_ == Inside::none) {
      if (at_first_byte() && !at_end && window.size() < byte_order_mark.size() &&
          byte_order_mark.starts_with(window)) {
        return 0;
      }
      if (!between(window, at, frames)) break;
      begin = at;
      continue;
    }
    Ended ended{};
    if (!advance(window, at, ended)) {
      if (!at_end) {
        searched_ = window.size() - begin;
        return begin;
      }
      finish(window, window.size(), window.size(), ended);
    }
    frames.push_back({begin, std::max(begin, ended.end), line_, problem_});
    line_ += newlines(window.substr(begin, ended.next - begin));
    problem_ = nullptr;
    at = ended.next;
  }
  if (at_end && at == window.size() && frames.size() < wanted && in_array()) {
    frames.push_back({at, at, line_, not_closed});
    place_ = Place::after_array;
  }
  return at;
}

/// Passes over what stands between records. False: the window ended first, or a frame was made.
bool JsonFramer::between(std::string_view window, std::size_t& at, std::vector<Frame>& frames) {
  if (at_first_byte() && !window.empty()) {
    if (window.starts_with(byte_order_mark)) at = byte_order_mark.size();
    indent_ = 0;
  }
  for (; at < window.size(); ++at) {
    const char c = window[at];
    if (is_space(c)) {
      if (c == '\n') ++line_;
      pass_space(c);
      continue;
    }
    if (place_ == Place::start) place_ = c == '[' ? Place::after_array : Place::documents;
    if (place_ == Place::documents) {
      begin(c);
      return true;
    }
    if (place_ == Place::after_array) {
      if (c == '[') {
        place_ = Place::first_element;
        indent_ = -1;
        continue;
      }
      problem_ = after_the_end;
      indent_ = -1;
      inside_ = Inside::garbage;
      return true;
    }
    if (c == ']' || c == ',') {
      const bool extra = c == ',' || place_ == Place::element;
      place_ = c == ',' ? Place::element : Place::after_array;
      indent_ = -1;
      if (!extra) continue;
      frames.push_back({at, at + 1, line_, "a comma of an array without an element beside it"});
      ++at;
      return true;
    }
    if (element_indent_ < 0 && indent_ >= 0) {
      element_indent_ = indent_;
      indented_line_ = line_;
    }
    begin(c);
    return true;
  }
  return false;
}

void JsonFramer::begin(char first) noexcept {
  depth_ = 0;
  before_ = '\0';
  const bool possible = first == '{' || first == '[' || first == '"' || begins_scalar(first);
  inside_ = possible || in_array() ? Inside::plain : Inside::garbage;
  // The first byte is looked at again by advance(): as garbage it must not count as a new beginning.
  if (inside_ == Inside::garbage) indent_ = -1;
}

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

Framer::Skipped JsonFramer::skip(std::string_view window, bool at_end) {
  std::size_t at = searched_;
  searched_ = 0;
  Ended ended{};
  bool finished = advance(window, at, ended);
  if (!finished && at_end) finished = finish(window, window.size(), window.size(), ended);
  if (!finished) {
    // Space at the end is the record's own only if more of it follows.
    std::size_t sure = window.size();
    while (sure > 0 && window.size() - sure < most_left && is_space(window[sure - 1]))
      --sure;
    searched_ = window.size() - sure;
    line_ += newlines(window.substr(0, sure));
    return {sure, sure, false};
  }
  line_ += newlines(window.substr(0, ended.next));
  problem_ = nullptr;
  return {ended.end, ended.next, true};
}

std::string JsonFramer::save() const {
  // Within a record that is still to come the indentation is of a line inside it.
  return saved(place_, line_, element_indent_, inside_ == Inside::none ? indent_ : -1);
}

std::string JsonFramer::save_before(const Frame& frame) const {
  Place place = place_ == Place::documents ? Place::documents : Place::element;
  if (frame.problem == after_the_end) place = Place::after_array;
  // Whether the last element stands there already or not, what is missing may follow.
  if (frame.problem == not_closed) place = Place::first_element;
  return saved(place, frame.line, frame.line < indented_line_ ? -1 : element_indent_, -1);
}

std::string JsonFramer::saved(Place place, std::uint64_t line, std::int32_t element_indent,
                              std::int32_t indent) const {
  if (place == Place::start && line == 0 && indent < 0) return {};
  return fmt::format("{}{}:{}:{}:{}", static_cast<char>(place), line, element_indent, indented_line_, indent);
}

bool JsonFramer::restore(std::string_view saved) {
  JsonFramer fresh;
  if (!saved.empty()) {
    constexpr std::string_view places = "sdfea";
    if (places.find(saved.front()) == std::string_view::npos) return false;
    fresh.place_ = static_cast<Place>(saved.front());
    const char* at = saved.data() + 1;
    const char* const end = saved.data() + saved.size();
    const auto read = [&at, end](auto& number, bool last) {
      const auto result = std::from_chars(at, end, number);
      at = result.ptr;
      if (result.ec != std::errc() || (at == end) != last) return false;
      return last || *at++ == ':';
    };
    if (!read(fresh.line_, false) || !read(fresh.element_indent_, false) ||
        !read(fresh.indented_line_, false) || !read(fresh.indent_, true)) {
      return false;
    }
  }
  *this = fresh;
  return true;
}

}  // namespace hiveframe::codec::json
