#pragma once

#include <optional>

#include "config/diagnostic.hpp"
#include "daemon/testing/pipeline_test.hpp"

namespace hiveframe::daemon {

/// A test with its pipeline, read and sound. Reports where they do not fit: sinks that are not there, or not
/// told apart; input in a format that is not known. Nothing then.
std::optional<PipelineTest> bind_test(TestSettings settings, runtime::PipelineSpec pipeline,
                                      config::Diagnostics& diagnostics);

}  // namespace hiveframe::daemon
