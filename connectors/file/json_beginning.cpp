#include "connectors/file/json_beginning.hpp"

#include <algorithm>
#include <cstddef>

namespace hiveframe::connectors::file {
namespace {

/// A number as far as `head` goes: that it ends well is seen by what follows.
std::size_t number_length(std::string_view head) noexcept {
  constexpr std::string_view digits = "0123456789";
  const auto skip_digits = [&](std::size_t at) {
    return std::min(head.find_first_not_of(digits, at), head.size());
  };
  const std::size_t first = head.starts_with('-') ? 1 : 0;
  std::size_t at = skip_digits(first);
  if (at - first > 1 && head[first] == '0') return 0;
  if (at == first && at < head.size()) return 0;
  if (at < head.size() && head[at] == '.') at = skip_digits(at + 1);
  if (at < head.size() && (head[at] == 'e' || head[at] == 'E')) {
    ++at;
    if (at < head.size() && (head[at] == '-' || head[at] == '+')) ++at;
    at = skip_digits(at);
  }
  return at;
}

/// With its quotes; all of it if it does not end.
std::size_t string_length(std::string_view head) noexcept {
  for (std::size_t at = 1; at < head.size(); ++at) {
    if (head[at] == '\\')
      ++at;
    else if (head[at] == '"')
      return at + 1;
  }
  return head.size();
}

/// 0: no value but an array or object begins here.
std::size_t scalar_length(std::string_view head) noexcept {
  if (head.starts_with('"')) return string_length(head);
  for (const std::string_view word : {"true", "false", "null"}) {
    const std::size_t common = std::min(word.size(), head.size());
    if (head.substr(0, common) == word.substr(0, common)) return common;
  }
  return number_length(head);
}

}  // namespace

bool may_begin_json_array(std::string_view head) noexcept {
  std::size_t depth = 0;
  bool value_ended = false;  // within the innermost array
  for (;;) {
    head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
    if (head.empty()) return true;
    std::size_t taken = 1;
    if (head[0] == '[' && !(value_ended && depth > 0)) {
      ++depth;
      value_ended = false;
    } else if (head[0] == ']' && depth > 0) {
      --depth;
      value_ended = true;
    } else if (head[0] == '{' && !(value_ended && depth > 0)) {
      // Of an object the first name is enough.
      head.remove_prefix(1);
      head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
      return head.empty() || head[0] == '"' || head[0] == '}';
    } else if (depth == 0) {
      return false;
    } else if (value_ended) {
      return head[0] == ',';
    } else {
      taken = scalar_length(head);
      if (taken == 0) return false;
      value_ended = true;
    }
    head.remove_prefix(taken);
  }
}

}  // namespace hiveframe::connectors::file
