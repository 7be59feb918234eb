#include "pipeline/codec/json/framer.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "pipeline/codec/byte_order_mark.hpp"
#include "pipeline/codec/json/characters.hpp"

namespace hiveframe::codec::json {
namespace {

// Problems of which save_before() has to know.
constexpr const char* after_the_end = "text after the end of the array";
constexpr const char* not_closed = "the array is not closed where the stream ends";
constexpr std::size_t most_left = 4096;  // bytes that skip() looks at again

bool begins_scalar(char c) noexcept { return is_digit(c) || c == '-' || c == 't' || c == 'f' || c == 'n'; }

std::uint64_t newlines(std::string_view text) noexcept {
  std::uint64_t count = 0;
  // Mostly there is none.
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    ++count;
  return count;
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
      if (at_first_byte() && !at_end && may_become_byte_order_mark(window)) return 0;
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
