#pragma once

#include <string_view>
#include <vector>

#include "config/option_type.hpp"
#include "daemon/manager/test_settings.hpp"

namespace hiveframe::daemon {

/// The option `tests`, of a pipeline and of a file of tests. Names of tests are unique in a list.
config::OptionType<std::vector<TestSettings>> tests_type();

/// An item of it, for `explain`, and how one looks.
const config::TableInfo& test_info();
std::string_view test_example();

}  // namespace hiveframe::daemon
