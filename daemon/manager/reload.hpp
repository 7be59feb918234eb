#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/manager/pipeline_set.hpp"
#include "daemon/manager/reload_report.hpp"

namespace hiveframe::daemon {

/// One reload under way: from the pipelines in force to those of a sound configuration. Each of them by
/// itself: what changed is drained, replaced, and rolled back if it does not come up; only who needs what
/// another one still has waits for that. On the control executor; every step ends within a deadline, its own
/// or the runs'.
class Reload : public std::enable_shared_from_this<Reload> {
 public:
  using Done = std::function<void(std::vector<ReloadedPipeline>)>;

  /// `pipelines` outlives it. `start_timeout`: for what is started to come up.
  Reload(PipelineSet& pipelines, std::vector<PipelineConfiguration> wanted,
         std::chrono::milliseconds start_timeout, Done done);
  void run();

 private:
  enum class Phase { draining, drained, coming_up, done };
  struct Item {
    std::string name;
    PipelineSet::PipelinePtr pipeline;                    // null: it is not made yet
    ManagedPipeline::ConfigurationPtr before;             // null: it was added
    std::shared_ptr<const PipelineConfiguration> wanted;  // null: it is removed
    bool was_up = false;                                  // there is something to go back to
    Phase phase = Phase::draining;
    ReloadAction action = ReloadAction::unchanged;
    std::string detail;
  };

  void drain(Item& item);
  void advance();
  void start(Item& item);
  void judge(Item& item, std::optional<std::string> why_not);
  void roll_back(Item& item, std::string why);
  void settle(Item& item, ReloadAction action, std::string detail);
  [[nodiscard]] bool must_wait(const Item& item) const;

  PipelineSet& pipelines_;
  std::chrono::milliseconds start_timeout_;
  Done done_;
  std::vector<Item> items_;  // by name; not changed in size once it runs
  bool finished_ = false;
};

}  // namespace hiveframe::daemon
