#pragma once

#include "config/json_text.hpp"
#include "config/option_info.hpp"

namespace hiveframe::config {

/// What explain() says of a table, for programs: an object with name, keyword, summary, uris and options, of
/// which each has name, type, required and what else there is of secret, default, help, example and options.
void write_reference(JsonText& out, const TableInfo& table);

}  // namespace hiveframe::config
