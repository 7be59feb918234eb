#pragma once

#include "config/given_options.hpp"
#include "config/uri.hpp"

namespace hiveframe::config {

/// Adds the pieces of a connector's URI to the options given beside it, as `rule`, one of the table's, says
/// which is which. Reports pieces that the connector does not take, and an option that has another value
/// already; `given` is damaged then.
void add_uri_options(const Uri& uri, const UriRule& rule, const TableInfo& table, Reader& reader,
                     GivenOptions& given);

}  // namespace hiveframe::config
