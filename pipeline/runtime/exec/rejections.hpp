#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/data_error.hpp"
#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::runtime {

/// "line 7: not a number (syntax error in decode)": a bad record, where it stands and who found it.
std::string describe_bad_record(std::string_view place, std::string_view stage,
                                const record::DataError& error);

/// Why records of a run were rejected: how many by stage and kind of error. Where they are dropped, nobody
/// will ever see them again, so the first of each reason is logged with its place; a pipeline has few stages,
/// and no more than a fixed number of lines is written in any case. Changed on the strand; counts() and
/// total() from any thread.
class Rejections {
 public:
  Rejections(std::string pipeline, bool dropped) : pipeline_(std::move(pipeline)), dropped_(dropped) {}

  /// Counts one record. The number of its reason, for take_back().
  std::size_t add(std::string_view place, const std::string& stage, const record::DataError& error);
  /// So many of them will be found again, and count then.
  void take_back(std::size_t reason, std::uint64_t records);

  [[nodiscard]] std::uint64_t total() const;
  /// In the order in which the reasons came up first; without those that nothing is left of.
  [[nodiscard]] std::vector<RejectedStatus> counts() const;

 private:
  void log_first(std::string_view place, const std::string& stage, const record::DataError& error);

  const std::string pipeline_;
  const bool dropped_;
  std::size_t lines_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<RejectedStatus> reasons_;
};

}  // namespace hiveframe::runtime
