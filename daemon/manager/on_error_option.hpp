#pragma once

#include "config/option_type.hpp"
#include "daemon/manager/pipeline_options.hpp"

namespace hiveframe::daemon {

/// The option `on_error`: stop, drop, or a map with a dead letter's sink, which is one of the connectors.
config::OptionType<OnErrorSettings> on_error_type(const pipeline::ConnectorRegistry& connectors);

}  // namespace hiveframe::daemon
