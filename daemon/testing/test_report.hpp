#pragma once

#include <ostream>
#include <span>
#include <string>

#include "daemon/testing/test_result.hpp"

namespace hiveframe::daemon {

/// Writes results for people: a line for each test, and what went wrong below.
class TestReport {
 public:
  TestReport(std::ostream& out, bool colour) : out_(out), colour_(colour) {}

  void add(const TestResult& result);
  void add_untested(const std::string& pipeline);
  void summary(std::span<const TestResult> results);

 private:
  std::string painted(const char* paint, const std::string& text) const;

  std::ostream& out_;
  bool colour_;
};

}  // namespace hiveframe::daemon
