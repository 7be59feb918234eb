#pragma once

#include <string>

#include "config/option_info.hpp"

namespace hiveframe::config {

// What `explain` prints of a table: summary, URI forms, then each option with type, default, bounds, help and
// example, for a terminal of `width` columns. Ends with a newline.
std::string explain(const TableInfo& table, std::size_t width = 100);

// A commented YAML fragment for `new`: what is required (with the example as its value), then every other
// option commented out at its default. Each line is indented by `indent` spaces and ends with a newline.
std::string yaml_template(const TableInfo& table, std::size_t indent);

}  // namespace hiveframe::config
