#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/manager/test_settings.hpp"
#include "daemon/testing/captured_records.hpp"
#include "daemon/testing/complaint.hpp"

namespace hiveframe::daemon {

struct Difference;

/// Compares what a sink got with what was expected of it.
class RecordMatch {
 public:
  /// `env` is for checks. Adds to `complaint`, which outlives it.
  RecordMatch(const std::map<std::string, std::string>& env, Complaint& complaint);

  void match(const ExpectedOutput& expected, const std::string& sink,
             const std::vector<CapturedRecord>& got) const;

 private:
  [[nodiscard]] double distance(const ExpectedRecord& expected, const CapturedRecord& got) const;
  /// Why a check does not hold; empty: it does.
  [[nodiscard]] std::string check(const expr::Program& condition, const CapturedRecord& got) const;
  void complain(const ExpectedRecord& expected, const CapturedRecord& got, const std::string& what) const;

  record::Arena env_text_;
  record::Value env_;
  Complaint& complaint_;
};

/// Adds a line or two for each difference.
void explain_differences(const std::vector<Difference>& differences, Complaint& complaint);

}  // namespace hiveframe::daemon
