#include "pipeline/codec/line_framer.hpp"

#include <charconv>
#include <cstring>

#include "pipeline/codec/byte_order_mark.hpp"

namespace hiveframe::codec {
namespace {

bool blank(const char* at, const char* end) noexcept {
  while (at != end && (*at == ' ' || *at == '\t' || *at == '\r'))
    ++at;
  return at == end;
}

}  // namespace

std::size_t LineFramer::scan(std::string_view window, bool at_end, std::size_t limit,
                             std::vector<Frame>& frames) {
  std::size_t at = 0;
  if (at_start_) {
    const std::optional<std::size_t> text = text_begin(window, at_end);
    if (!text) return 0;
    at = *text;
    at_start_ = false;
  }
  const char* const data = window.data();
  const char* const window_end = data + window.size();
  const char* begin = data + at;
  const char* search = std::max(begin, data + searched_);
  std::uint64_t lines = line_;
  searched_ = 0;
  while (limit > 0 && begin != window_end) {
    const auto* const newline =
        static_cast<const char*>(std::memchr(search, '\n', static_cast<std::size_t>(window_end - search)));
    if (newline == nullptr && !at_end) {
      searched_ = static_cast<std::size_t>(window_end - begin);
      break;
    }
    const char* end = newline != nullptr ? newline : window_end;
    const char* const next = newline != nullptr ? newline + 1 : window_end;
    if (newline != nullptr && end != begin && end[-1] == '\r') --end;
    if (blank_ == BlankLines::are_records || !blank(begin, end)) {
      frames.push_back(
          {static_cast<std::size_t>(begin - data), static_cast<std::size_t>(end - data), lines, nullptr});
      --limit;
    }
    ++lines;
    begin = search = next;
  }
  line_ = lines;
  return static_cast<std::size_t>(begin - data);
}

Framer::Skipped LineFramer::skip(std::string_view window, bool at_end) {
  if (window.empty()) return {0, 0, at_end};
  const char* newline =
      static_cast<const char*>(std::memchr(window.data() + searched_, '\n', window.size() - searched_));
  searched_ = 0;
  if (newline != nullptr) {
    std::size_t end = static_cast<std::size_t>(newline - window.data());
    const std::size_t next = end + 1;
    if (end > 0 && window[end - 1] == '\r') --end;
    ++line_;
    return {end, next, true};
  }
  if (at_end) {
    ++line_;
    return {window.size(), window.size(), true};
  }
  // A '\r' may be half an end of line.
  const std::size_t sure = window.ends_with('\r') ? window.size() - 1 : window.size();
  return {sure, sure, false};
}

std::string LineFramer::save() const { return at_start_ ? std::string() : std::to_string(line_); }

std::string LineFramer::save_before(const Frame& frame) const { return std::to_string(frame.line); }

bool LineFramer::restore(std::string_view saved) {
  std::uint64_t line = 0;
  if (!saved.empty()) {
    const auto read = std::from_chars(saved.data(), saved.data() + saved.size(), line);
    if (read.ec != std::errc() || read.ptr != saved.data() + saved.size()) return false;
  }
  line_ = line;
  searched_ = 0;
  at_start_ = saved.empty();
  return true;
}

}  // namespace hiveframe::codec
