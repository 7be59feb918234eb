#include "daemon/manager/reload.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace hiveframe::daemon {
namespace {

bool is_up(PipelineState state) {
  return state == PipelineState::running || state == PipelineState::degraded;
}

}  // namespace

Reload::Reload(PipelineSet& pipelines, std::vector<PipelineConfiguration> wanted,
               std::chrono::milliseconds start_timeout, Done done)
    : pipelines_(pipelines), start_timeout_(start_timeout), done_(std::move(done)) {
  std::map<std::string, std::shared_ptr<const PipelineConfiguration>> by_name;
  Fingerprints fingerprints;
  for (PipelineConfiguration& each : wanted) {
    fingerprints.emplace(each.spec.name, each.fingerprint);
    const std::string name = each.spec.name;
    by_name.emplace(name, std::make_shared<const PipelineConfiguration>(std::move(each)));
  }
  const ReloadPlan plan = reload_plan(pipelines_.fingerprints(), fingerprints);
  const auto add = [&](const std::vector<std::string>& names, ReloadAction action) {
    for (const std::string& name : names) {
      Item item;
      item.name = name;
      item.pipeline = pipelines_.find(name);
      if (item.pipeline) {
        item.before = item.pipeline->configuration();
        item.was_up = is_up(item.pipeline->state());
      }
      if (const auto found = by_name.find(name); found != by_name.end()) item.wanted = found->second;
      item.action = action;
      items_.push_back(std::move(item));
    }
  };
  add(plan.unchanged, ReloadAction::unchanged);
  add(plan.changed, ReloadAction::replaced);
  add(plan.added, ReloadAction::added);
  add(plan.removed, ReloadAction::removed);
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.name < b.name; });
}

void Reload::run() {
  for (Item& item : items_) {
    switch (item.action) {
      case ReloadAction::unchanged:
        item.pipeline->refresh(item.wanted);
        item.phase = Phase::done;
        break;
      case ReloadAction::added:
        item.phase = Phase::drained;
        break;
      default:
        drain(item);
        break;
    }
  }
  advance();
}

void Reload::drain(Item& item) {
  item.pipeline->hold([self = shared_from_this(), &item] {
    item.phase = Phase::drained;
    // Not from inside of the pipeline's own step.
    boost::asio::post(self->pipelines_.control(), [self] { self->advance(); });
  });
}

void Reload::advance() {
  for (Item& item : items_) {
    if (item.phase != Phase::drained) continue;
    if (!item.wanted) {
      const std::vector<std::string> left = item.pipeline->left_behind();
      pipelines_.remove(item.name);
      settle(item, ReloadAction::removed, left.empty() ? "" : left.front() + " and was left behind");
    } else if (!must_wait(item)) {
      start(item);
    }
  }
  const bool all_done =
      std::all_of(items_.begin(), items_.end(), [](const Item& item) { return item.phase == Phase::done; });
  if (!all_done || std::exchange(finished_, true)) return;
  std::vector<ReloadedPipeline> results;
  for (Item& item : items_)
    results.push_back({item.name, item.action, std::move(item.detail)});
  done_(std::move(results));
}

// What it needs is about to become free.
bool Reload::must_wait(const Item& item) const {
  const bool others_drain = std::any_of(items_.begin(), items_.end(), [&](const Item& other) {
    return &other != &item && other.phase == Phase::draining;
  });
  return others_drain && !pipelines_.in_the_way(item.name, *item.wanted).empty();
}

void Reload::start(Item& item) {
  item.phase = Phase::coming_up;
  if (item.pipeline) {
    item.pipeline->release(item.wanted);
  } else {
    item.pipeline = pipelines_.add(*item.wanted);
    item.pipeline->start();
  }
  item.pipeline->await_up(start_timeout_,
                          [self = shared_from_this(), &item](std::optional<std::string> why_not) {
                            self->judge(item, std::move(why_not));
                          });
}

void Reload::judge(Item& item, std::optional<std::string> why_not) {
  if (why_not && item.before && item.was_up) return roll_back(item, std::move(*why_not));
  if (why_not) {
    settle(item, ReloadAction::failed, std::move(*why_not));
  } else {
    const PipelineState state = item.pipeline->state();
    const bool up = is_up(state) || state == PipelineState::draining;
    settle(item, item.before ? ReloadAction::replaced : ReloadAction::added,
           up ? "" : fmt::format("it is {}", to_string(state)));
  }
  boost::asio::post(pipelines_.control(), [self = shared_from_this()] { self->advance(); });
}

void Reload::roll_back(Item& item, std::string why) {
  item.pipeline->hold([self = shared_from_this(), &item, why = std::move(why)] {
    item.pipeline->release(item.before);
    item.pipeline->await_up(
        self->start_timeout_, [self, &item, why](const std::optional<std::string>& why_not) {
          self->settle(item, ReloadAction::rolled_back,
                       why_not ? fmt::format("{}; what was there before is in force again, but not up: {}",
                                             why, *why_not)
                               : why);
          boost::asio::post(self->pipelines_.control(), [self] { self->advance(); });
        });
  });
}

void Reload::settle(Item& item, ReloadAction action, std::string detail) {
  item.phase = Phase::done;
  item.action = action;
  item.detail = std::move(detail);
}

}  // namespace hiveframe::daemon
