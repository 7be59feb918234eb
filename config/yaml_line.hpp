#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/source_file.hpp"

namespace hiveframe::config {

/// A line of a YAML file cut by its look alone, for files that are no YAML: `indentation`, `- ` and `key: `
/// in front, and the value with its comment taken off. Refers to the file.
struct YamlLine {
  std::size_t begin = 0;  ///< offset in the file
  std::string_view text;
  std::size_t value = 0;  ///< offset in text
  std::string_view value_text;
  std::string_view key;
};

/// The line of that number, from 1.
YamlLine cut_line(const SourceFile& file, std::size_t number);

/// The colon that ends a key: outside of quotes, before white space or the end; npos if there is none.
std::size_t find_key_colon(std::string_view text, std::size_t from);

/// `key: 'value'` as the line should be written, with its value or another one in quotes; without secrets.
std::string corrected(const YamlLine& line);
std::string corrected(const YamlLine& line, std::string_view value);

/// The same, in quotes only if it needs them.
std::string rewritten(const YamlLine& line, std::string_view value);

/// The value on the line of `offset` as it should be written, with its key: `filter: '!record.x'`.
std::string quoted_value_hint(const SourceFile& file, std::size_t offset);

/// `text` in the quotes that need the fewest escapes.
std::string quoted_for_yaml(std::string_view text);

/// Whether the text is not itself when it is written without quotes, in brackets or not.
bool needs_quotes(std::string_view text);

/// Whether a comment stands behind the value on its last line.
bool comment_follows(const Span& value);

/// The value of this key is an expression, and no template.
bool takes_expression(std::string_view key);

/// `record.a > 1` of `{{ record.a > 1 }}`: what was meant where an expression is wanted.
std::string without_braces(std::string_view text);

}  // namespace hiveframe::config
