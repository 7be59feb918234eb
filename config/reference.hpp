#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/option_info.hpp"

namespace hiveframe::config {

/// What `explain` prints of a table: summary, URI forms and `example` (lines of YAML, may be empty), then
/// each option with type, default, bounds, help and example, for a terminal of `width` columns. Ends with a
/// newline.
std::string explain(const TableInfo& table, std::size_t width = 100, std::string_view example = {});

/// Adds text broken at spaces to lines of `width` columns, each of them indented.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t width);

/// A commented YAML fragment for `new`: what is required (with the example as its value), then every other
/// option commented out at its default. Each line is indented by `indent` spaces and ends with a newline.
std::string yaml_template(const TableInfo& table, std::size_t indent);

}  // namespace hiveframe::config
