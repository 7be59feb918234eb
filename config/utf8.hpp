#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hiveframe::config {

/// One code point of a text; size is its bytes. Of invalid UTF-8 (RFC 3629) `value` is U+FFFD and size 1.
struct CodePoint {
  char32_t value;
  std::size_t size;
  bool valid;
};
/// offset < text.size().
CodePoint code_point_at(std::string_view text, std::size_t offset);

/// Offset of the first byte that is not valid UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// The text with U+FFFD for each byte that is not valid.
std::string mend_utf8(std::string_view text);

void append_utf8(std::string& out, char32_t code_point);

/// Columns a terminal gives a code point: 0 (combining), 1 or 2 (East Asian wide, emoji). Control characters
/// and direction marks count 1: whoever shows text replaces them.
int display_width(char32_t code_point);
/// Control characters and direction marks: not to be sent to a terminal.
bool is_unprintable(char32_t code_point);

}  // namespace hiveframe::config
