#pragma once

#include <chrono>

#include "daemon/testing/complaint.hpp"
#include "daemon/testing/pipeline_test.hpp"

namespace hiveframe::daemon {

/// A test that was run.
struct TestResult {
  const PipelineTest* test = nullptr;  ///< outlives it
  Complaint complaint;                 ///< empty: passed
  std::chrono::duration<double> took{};

  [[nodiscard]] bool passed() const noexcept { return complaint.empty(); }
  [[nodiscard]] const std::string& file() const { return test->settings.place.file->name(); }
  [[nodiscard]] std::size_t line() const { return test->settings.place.position().line; }
};

}  // namespace hiveframe::daemon
