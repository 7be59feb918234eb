#include "daemon/manager/pipeline_set.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hiveframe::daemon {
namespace {

// What both have for themselves, for people; empty: nothing.
std::string shared_place(const std::vector<pipeline::Use>& ours, const std::vector<pipeline::Use>& theirs) {
  for (const pipeline::Use& one : ours) {
    const bool clashes = std::any_of(theirs.begin(), theirs.end(), [&](const pipeline::Use& other) {
      return one.place == other.place && !(one.shared && other.shared);
    });
    if (clashes) return one.shown;
  }
  return {};
}

}  // namespace

PipelineSet::PipelineSet(boost::asio::any_io_executor control, runtime::Engine& engine,
                         runtime::RunOptions options, RestartSettings restart, runtime::RandomFraction random)
    : surroundings_{std::move(control),
                    engine,
                    std::move(options),
                    restart,
                    std::move(random),
                    [this](const ManagedPipeline& pipeline) {
                      return in_the_way(pipeline.name(), *pipeline.configuration());
                    }} {}

PipelineSet::PipelinePtr PipelineSet::add(PipelineConfiguration configuration) {
  auto shared = std::make_shared<const PipelineConfiguration>(std::move(configuration));
  const std::string name = shared->spec.name;
  PipelinePtr& pipeline = pipelines_[name];
  pipeline = std::make_shared<ManagedPipeline>(surroundings_, std::move(shared));
  if (stopping_) pipeline->drain([](const CommandAnswer&) {});
  return pipeline;
}

void PipelineSet::stop_all(std::function<void()> done) {
  stopping_ = true;
  const auto all = pipelines_;
  const auto left = std::make_shared<std::size_t>(all.size() + 1);
  const auto one_less = [left, done = std::move(done)] {
    if (--*left == 0) done();
  };
  for (const auto& [name, pipeline] : all)
    pipeline->drain([one_less](const CommandAnswer&) { one_less(); });
  one_less();
}

void PipelineSet::remove(std::string_view name) {
  const auto found = pipelines_.find(name);
  if (found == pipelines_.end()) return;
  std::erase_if(removed_, [](const PipelinePtr& each) { return each->in_use().empty(); });
  if (!found->second->in_use().empty()) removed_.push_back(std::move(found->second));
  pipelines_.erase(found);
}

PipelineSet::PipelinePtr PipelineSet::find(std::string_view name) const {
  const auto found = pipelines_.find(name);
  return found == pipelines_.end() ? nullptr : found->second;
}

Fingerprints PipelineSet::fingerprints() const {
  Fingerprints all;
  for (const auto& [name, pipeline] : pipelines_)
    all.emplace(name, pipeline->configuration()->fingerprint);
  return all;
}

std::string PipelineSet::in_the_way(const std::string& name,
                                    const PipelineConfiguration& configuration) const {
  const auto look_at = [&](const ManagedPipeline& other) -> std::string {
    for (const auto& used : other.in_use()) {
      std::string place = shared_place(configuration.reads, used->reads);
      if (place.empty()) place = shared_place(configuration.writes, used->writes);
      if (place.empty()) continue;
      const std::vector<std::string> left = other.left_behind();
      if (left.empty()) return fmt::format("{} is in use by pipeline '{}'", place, other.name());
      return fmt::format(
          "{} is still in use by an earlier run of {}, which was left behind: {}; it is free when that "
          "returns, "
          "or when the daemon is restarted",
          place, other.name() == name ? "it" : "pipeline '" + other.name() + "'", left.front());
    }
    return {};
  };
  for (const auto& [other_name, other] : pipelines_) {
    if (std::string reason = look_at(*other); !reason.empty()) return reason;
  }
  for (const PipelinePtr& other : removed_) {
    if (std::string reason = look_at(*other); !reason.empty()) return reason;
  }
  return {};
}

bool PipelineSet::has_lost_a_run() const {
  const auto lost = [](const PipelinePtr& each) { return each->has_lost_a_run(); };
  return std::any_of(pipelines_.begin(), pipelines_.end(),
                     [&](const auto& entry) { return lost(entry.second); }) ||
         std::any_of(removed_.begin(), removed_.end(), lost);
}

}  // namespace hiveframe::daemon
