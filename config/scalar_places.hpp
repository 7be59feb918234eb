#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/text.hpp"

namespace hiveframe::config {

/// Node properties (`&anchor`, `!tag`) in front of a YAML value, and where the value itself begins.
struct Properties {
  std::size_t content_begin = 0;
  /// Of the tag with its exclamation mark; begin == end if there is none.
  std::size_t tag_begin = 0;
  std::size_t tag_end = 0;
};
Properties skip_properties(const std::string& source, std::size_t begin);

/// First byte at or after `begin` that is neither white space nor in a comment.
std::size_t skip_blank(const std::string& source, std::size_t begin);

/// Scans a scalar again that YAML has decoded to `value`, to learn where each byte of it stands. `plain` says
/// that it has neither quotes nor a block header. Nothing if it begins with a quote that is never closed
/// (yaml-cpp takes the end of the file for it).
std::optional<LocatedText> locate_scalar(const SourceFilePtr& file, std::size_t begin,
                                         const std::string& value, bool plain);

/// One past the closing quote of the quoted scalar at `begin`, or npos.
std::size_t end_of_quoted(std::string_view source, std::size_t begin);

}  // namespace hiveframe::config
