#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/manager/test_settings.hpp"
#include "pipeline/runtime/exec/spec.hpp"

namespace hiveframe::daemon {

/// A test and the pipeline it is of, which was read with the test's environment variables. Both fit each
/// other.
struct PipelineTest {
  TestSettings settings;
  runtime::PipelineSpec pipeline;
  /// What its input is in: bytes of input_text, or of each record of `input`.
  const codec::Format* format = nullptr;
  /// For each of settings.expect, which of the pipeline's sinks it is of.
  std::vector<std::size_t> sinks;
};

}  // namespace hiveframe::daemon
