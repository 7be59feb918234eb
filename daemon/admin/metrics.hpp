#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/manager/manager.hpp"
#include "daemon/os/process_numbers.hpp"

namespace hiveframe::daemon {

/// What /metrics tells of, at one moment.
struct Observation {
  std::vector<PipelineView> pipelines;
  Manager::EngineView engine;
  ProcessNumbers process;
  std::string version;
  std::chrono::system_clock::time_point now;
  std::chrono::steady_clock::time_point steady_now;
};

/// Writes metrics in Prometheus's text format 0.0.4. It remembers how far each counter was shown: within a
/// run a record counts once, so what is taken back when a lane rewinds must not look as if a counter had
/// begun anew. One thread.
class Metrics {
 public:
  std::string text(const Observation& observation);

  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  friend class Families;
  using Run = std::chrono::steady_clock::time_point;  ///< when it was started
  struct Mark {
    Run run;
    double value = 0;
    std::uint64_t seen = 0;  ///< the observation that it was in last
  };

  double not_falling(std::string counter, Run run, double value);
  void forget_others();

  std::map<std::string, Mark, std::less<>> marks_;  // by name and labels
  std::uint64_t observations_ = 0;
};

}  // namespace hiveframe::daemon
