#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/manager/pipeline_view.hpp"

namespace hiveframe::daemon {

/// What passed a pipeline in a second, on average over the last minute, or since it was started.
struct Rate {
  double records_read = 0;
  double bytes_read = 0;
  double records_written = 0;  ///< of its sinks, the one that took the most
};

/// Keeps what is needed for it: looked at every few seconds. Pure; one thread.
class Rates {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void look(const std::vector<PipelineView>& pipelines, Time now);
  /// Nothing before it was looked at once.
  [[nodiscard]] std::optional<Rate> rate(const PipelineView& pipeline, Time now) const;

  static constexpr std::chrono::seconds every{5};
  static constexpr std::chrono::seconds window{60};

 private:
  struct Count {
    Time time;
    std::uint64_t read = 0;
    std::uint64_t bytes = 0;
    std::uint64_t written = 0;
  };
  struct Counts {
    Time run;  ///< when it was started
    std::deque<Count> counts;
  };

  static Count count(const runtime::Status& run, Time now);

  std::map<std::string, Counts, std::less<>> pipelines_;
};

}  // namespace hiveframe::daemon
