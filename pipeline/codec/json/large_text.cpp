#include "pipeline/codec/json/large_text.hpp"

#include <cstring>

#include "pipeline/codec/json/characters.hpp"
#include "pipeline/codec/json/value_end.hpp"

namespace hiveframe::codec::json {

using record::Arena;
using record::Value;

// All below is of a text that was found to be valid: brackets and strings are closed, members have values.

bool LargeText::check(std::string_view text, std::size_t most_tree_bytes, record::DataError& error) {
  text_ = text;
  return reader_.check(text, most_tree_bytes, error);
}

std::size_t LargeText::tree_bytes() const noexcept {
  // Strings with escapes are copied and become no longer.
  const bool escapes = std::memchr(text_.data(), '\\', text_.size()) != nullptr;
  return reader_.tree_bytes() + (escapes ? text_.size() : 0);
}

Value LargeText::build(Arena& arena) { return reader_.build(0, text_.size(), arena); }

std::optional<Value> LargeText::find(std::span<const std::string_view> path, Arena& arena) {
  std::size_t at = after_space(0);
  for (const std::string_view name : path) {
    if (text_[at] != '{') return std::nullopt;
    const std::optional<std::size_t> found = member(at, name);
    if (!found) return std::nullopt;
    at = *found;
  }
  return reader_.build(at, after_value(at), arena);
}

/// Where its value begins.
std::optional<std::size_t> LargeText::member(std::size_t object, std::string_view name) {
  std::size_t at = after_space(object + 1);
  while (text_[at] == '"') {
    const std::size_t end = after_string(at);
    const bool found = names(at, end, name);
    at = after_space(after_space(end) + 1);  // behind the colon
    if (found) return at;
    at = after_space(after_value(at));
    if (text_[at] == ',') at = after_space(at + 1);
  }
  return std::nullopt;
}

/// Whether the string from the quote to `end`, its escapes resolved, is `name`.
bool LargeText::names(std::size_t quote, std::size_t end, std::string_view name) {
  const std::string_view raw = text_.substr(quote + 1, end - quote - 2);
  if (raw.size() < name.size()) return false;  // escaped text is never shorter
  if (raw.find('\\') == std::string_view::npos) return raw == name;
  return reader_.string_at(quote) == name;
}

std::size_t LargeText::after_space(std::size_t at) const noexcept {
  while (at < text_.size() && is_space(text_[at]))
    ++at;
  return at;
}

std::size_t LargeText::after_value(std::size_t at) const noexcept {
  switch (text_[at]) {
    case '"':
      return after_string(at);
    case '{':
    case '[': {
      const std::size_t end = value_end(text_, at);
      return end != 0 ? end : after_brackets(at);
    }
    default:
      while (at < text_.size() && !is_space(text_[at]) && text_[at] != ',' && text_[at] != '}' &&
             text_[at] != ']')
        ++at;
      return at;
  }
}

std::size_t LargeText::after_string(std::size_t quote) const noexcept {
  for (std::size_t at = quote + 1;; ++at) {
    at = text_.find('"', at);
    std::size_t first = at;
    while (text_[first - 1] == '\\')
      --first;
    if ((at - first) % 2 == 0) return at + 1;
  }
}

/// However deep they are.
std::size_t LargeText::after_brackets(std::size_t at) const noexcept {
  std::size_t depth = 0;
  do {
    const char c = text_[at];
    if (c == '"') {
      at = after_string(at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
  } while (depth > 0);
  return at;
}

}  // namespace hiveframe::codec::json
