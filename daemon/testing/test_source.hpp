#pragma once

#include <memory>

#include "daemon/testing/test_input.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::daemon {

/// Gives the input of a test, in one lane, and ends. `input` outlives it.
std::unique_ptr<pipeline::Source> test_source(const TestInput& input);

}  // namespace hiveframe::daemon
