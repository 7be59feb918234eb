#pragma once

#include <vector>

#include "config/option_type.hpp"
#include "pipeline/runtime/exec/spec.hpp"

namespace hiveframe::daemon {

/// The option `transforms`: a list of maps of one transform each.
config::OptionType<std::vector<runtime::StageSpec>> transforms_type();

}  // namespace hiveframe::daemon
