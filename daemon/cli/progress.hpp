#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <span>
#include <string>

#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::daemon {

/// Composes the line that shows how far pipelines are, all of them together:
///   orders  42 %  1,234,567 records  98.7 MB/s  3 rejected  12 s left
/// Pure: time is passed in. One thread at a time.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  /// At most `width` columns, without a line break. The rate is that of the last seconds.
  std::string line(std::span<const runtime::Status> pipelines, Clock::time_point now, std::size_t width);

 private:
  struct Sample {
    Clock::time_point when;
    std::uint64_t bytes;
  };
  std::deque<Sample> samples_;
};

}  // namespace hiveframe::daemon
