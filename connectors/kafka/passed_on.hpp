#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/option_type.hpp"

namespace hiveframe::connectors::kafka {

enum class Role { consumer, producer };

/// The option `kafka_config`: keys of librdkafka with their values, for what has no option of ours. Keys that
/// librdkafka does not know, values that it does not take, and keys that are ours are reported.
config::OptionType<std::vector<std::pair<std::string, std::string>>> passed_on_type(Role role);

}  // namespace hiveframe::connectors::kafka
