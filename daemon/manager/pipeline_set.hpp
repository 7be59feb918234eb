#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/manager/managed_pipeline.hpp"
#include "daemon/manager/reload_plan.hpp"

namespace hiveframe::daemon {

/// The pipelines of a manager by name, and who among them is in whose way. On the control executor.
class PipelineSet {
 public:
  using PipelinePtr = std::shared_ptr<ManagedPipeline>;

  PipelineSet(boost::asio::any_io_executor control, runtime::Engine& engine, runtime::RunOptions options,
              RestartSettings restart, runtime::RandomFraction random);
  PipelineSet(const PipelineSet&) = delete;
  PipelineSet& operator=(const PipelineSet&) = delete;

  /// A pipeline that is not started yet, and will not be after stop_all().
  PipelinePtr add(PipelineConfiguration configuration);
  /// It has drained, and is held. What it left behind is remembered as long as it hangs.
  void remove(std::string_view name);
  [[nodiscard]] PipelinePtr find(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, PipelinePtr, std::less<>>& all() const { return pipelines_; }
  [[nodiscard]] Fingerprints fingerprints() const;

  /// Drains and stops all of them for good; answered when all runs have ended.
  void stop_all(std::function<void()> done);

  /// What of the pipelines that run, or of what they left behind, uses what only one can use, and this
  /// configuration would, too: one line; empty: nothing.
  [[nodiscard]] std::string in_the_way(const std::string& name,
                                       const PipelineConfiguration& configuration) const;

  /// Of runs that are started from now on.
  [[nodiscard]] runtime::RunOptions& options() { return surroundings_.options; }
  /// A run did not come to its end: what it refers to must stay.
  [[nodiscard]] bool has_lost_a_run() const;
  [[nodiscard]] const boost::asio::any_io_executor& control() const { return surroundings_.control; }

 private:
  PipelineSurroundings surroundings_;
  std::map<std::string, PipelinePtr, std::less<>> pipelines_;
  bool stopping_ = false;
  std::vector<PipelinePtr> removed_;  // that left something behind
};

}  // namespace hiveframe::daemon
