#pragma once

#include <string_view>

#include "config/json_text.hpp"
#include "config/option_info.hpp"

namespace hiveframe::config {

/// What a map of a table's options may hold, as members of a JSON Schema, without its braces.

/// The schema of the map, or of the value that stands for its compact option.
void write_table(JsonText& out, const TableInfo& table);

/// Its parts: a member of `properties` for each option; `required`, with `first` before the options' names,
/// nothing if there is none; `additionalProperties`.
void write_properties(JsonText& out, const TableInfo& table);
void write_required(JsonText& out, const TableInfo& table, std::string_view first = {});
void write_additional(JsonText& out, const TableInfo& table);

}  // namespace hiveframe::config
