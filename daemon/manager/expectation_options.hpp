#pragma once

#include <vector>

#include "config/option_type.hpp"
#include "daemon/manager/test_settings.hpp"

namespace hiveframe::daemon {

// Types for what a test wants to see.

/// A list for the only sink, or a map from sinks to lists. A record stands there as it is, or as a map of
/// nothing but `record`, `contains` and `check`.
config::OptionType<std::vector<ExpectedOutput>> expect_type();
/// What is wanted of bad records, in order.
config::OptionType<std::vector<ExpectedLetter>> dead_letters_type();

}  // namespace hiveframe::daemon
