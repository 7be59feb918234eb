#pragma once

#include <memory>

#include "daemon/testing/test_input.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::daemon {

// The lanes of a test's source; `input` outlives them.

/// The records of `items`, one by one as they are.
std::unique_ptr<pipeline::Lane> records_lane(const TestInput& input);
/// The records that `text` is cut into.
std::unique_ptr<pipeline::Lane> text_lane(const TestInput& input);

}  // namespace hiveframe::daemon
