#include "pipeline/runtime/exec/outlet_set.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "pipeline/runtime/exec/closing.hpp"

namespace hiveframe::runtime {

pipeline::Task<bool> OutletSet::open(const std::vector<SinkMark>& marks, bool completing) {
  const PipelineSpec& spec = context_.spec;
  for (std::size_t i = 0; i < spec.sinks.size(); ++i) {
    routes_.push_back(std::make_unique<Outlet>(context_, spec.sinks[i], board_.numbers(i)));
    all_.push_back(routes_.back().get());
  }
  if (spec.dead_letter) {
    letters_outlet_ =
        std::make_unique<Outlet>(context_, *spec.dead_letter, board_.numbers(spec.sinks.size()));
    all_.push_back(letters_outlet_.get());
  }
  for (Outlet* outlet : all_) {
    std::map<std::string, std::string> own;
    for (const SinkMark& mark : marks) {
      if (mark.sink == outlet->spec().name) own[mark.key] = mark.value;
    }
    const bool open = co_await outlet->open(std::move(own), completing);
    if (!open) co_return false;
  }
  if (letters_outlet_) dead_letters_ = std::make_unique<DeadLetters>(context_, *letters_outlet_);
  co_return true;
}

void OutletSet::start(const LaneDirectory& lanes, const LaneDirectory& letters) {
  for (const auto& outlet : routes_)
    outlet->start(lanes);
  if (letters_outlet_) letters_outlet_->start(letters);
}

void OutletSet::request_flush() {
  for (Outlet* outlet : all_)
    outlet->request_flush();
}

void OutletSet::hurry() {
  for (Outlet* outlet : all_)
    outlet->hurry();
}

bool OutletSet::flush_pending() const {
  return std::any_of(all_.begin(), all_.end(), [](const Outlet* each) { return each->flush_pending(); });
}

void OutletSet::wake() {
  for (Outlet* outlet : all_)
    outlet->wake();
  if (dead_letters_) dead_letters_->wake();
}

void OutletSet::abort() {
  for (Outlet* outlet : all_)
    outlet->abort();
}

pipeline::Task<void> OutletSet::drain() {
  for (Outlet* outlet : all_)
    co_await outlet->drain();
}

pipeline::Task<bool> OutletSet::complete() {
  for (Outlet* outlet : all_) {
    const bool complete = co_await outlet->complete();
    if (!complete) co_return false;
  }
  co_return true;
}

pipeline::Task<std::optional<std::string>> OutletSet::close(std::chrono::steady_clock::time_point deadline,
                                                            std::shared_ptr<void> run) {
  dead_letters_.reset();
  std::vector<std::shared_ptr<Closing>> closings;
  if (letters_outlet_) routes_.push_back(std::move(letters_outlet_));
  for (auto& outlet : std::exchange(routes_, {})) {
    closings.push_back(std::make_shared<Closing>(context_, std::move(outlet), run));
    closings.back()->start();
  }
  std::optional<std::string> failure;
  for (const auto& closing : closings) {
    std::optional<std::string> failed = co_await closing->finish(deadline);
    if (failed && !failure) failure = std::move(failed);
  }
  all_.clear();
  co_return failure;
}

}  // namespace hiveframe::runtime
