#pragma once

#include <string_view>

namespace hiveframe::config {
struct TableInfo;
}

namespace hiveframe::connectors::file {

/// Whether `?mode=…`, with an option of the table or what is near to one, stands in a path: meant for a URI,
/// it would be taken for a part of the name. Other names may hold a '?' and a '='.
bool holds_options(std::string_view path, const config::TableInfo& table);

}  // namespace hiveframe::connectors::file
