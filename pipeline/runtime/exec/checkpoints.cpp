#include "pipeline/runtime/exec/checkpoints.hpp"

#include <chrono>
#include <map>
#include <spdlog/spdlog.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {
namespace {

using TakenMarks = std::map<std::string, std::optional<std::string>>;

void add_marks(StateChange& change, const std::string& sink, const TakenMarks& taken) {
  for (const auto& [key, bytes] : taken) {
    if (bytes) {
      change.marks.push_back({sink, key, *bytes});
    } else {
      change.erased_marks.push_back({sink, key});
    }
  }
}

}  // namespace

Checkpoints::Checkpoints(RunContext& context)
    : context_(context), retry_loop_(context, state_store_component) {
  // A limited run is a sample: it begins where a first run would, and leaves what is stored alone.
  const bool stores = !context.options.state_dir.empty() && !context.options.limit;
  if (stores) thread_ = std::make_unique<pipeline::BlockingThread>();
}

Checkpoints::~Checkpoints() = default;

pipeline::Task<bool> Checkpoints::open() {
  if (!thread_) co_return true;
  const std::function<pipeline::Task<void>()> attempt = [this]() -> pipeline::Task<void> {
    const auto open_store = [this] {
      const auto start = context_.options.from_start ? StateStore::Start::over : StateStore::Start::resume;
      store_ = std::make_unique<StateStore>(context_.options.state_dir, context_.spec.name, start);
      stored_ = store_->load();
      if (store_->unreadable_because().empty()) return;
      spdlog::warn("[{}] what was stored cannot be read ({}): what an earlier run left half-written stays",
                   context_.spec.name, store_->unreadable_because());
    };
    const Callee::Call call(context_.state_store, "a call to open it");
    co_await thread_->run(open_store);
  };
  const std::function<bool()> given_up = [this] { return context_.draining || context_.aborting; };
  const bool open = co_await retry_loop_.run(attempt, given_up);
  if (stored_.phase == Phase::starting_over) {
    for (const SinkMark& mark : stored_.marks)
      left_over_.emplace(mark.sink, mark.key);
  }
  for (LaneState& lane : std::exchange(stored_.lanes, {})) {
    std::string id = lane.lane;
    stored_lanes_.emplace(std::move(id), std::move(lane));
  }
  co_return open;
}

const LaneState* Checkpoints::stored_lane(const std::string& id) const {
  const auto found = stored_lanes_.find(id);
  return found == stored_lanes_.end() ? nullptr : &found->second;
}

pipeline::Task<void> Checkpoints::commit(std::vector<LaneCheckpoint> lanes,
                                         const std::vector<Outlet*>& outlets, std::optional<Phase> phase,
                                         std::optional<Endpoints> endpoints) {
  if (!thread_) co_return;
  // In the order they were asked for, so that a stored position never falls back.
  const std::uint64_t turn = turns_given_++;
  while (turn != turn_served_)
    co_await idle_.wait();
  StateChange change;
  change.phase = phase;
  if (endpoints) {
    change.source_identity = std::move(endpoints->source);
    change.sinks = std::move(endpoints->sinks);
  }
  for (LaneCheckpoint& lane : lanes) {
    change.lanes.push_back({std::move(lane.id), std::move(lane.identity), std::move(lane.position)});
  }
  std::vector<TakenMarks> taken;
  for (Outlet* outlet : outlets) {
    taken.push_back(outlet->marks().take());
    add_marks(change, outlet->marks().owner(), taken.back());
  }
  if (phase == Phase::running) {
    for (const auto& [sink, key] : left_over_)
      change.erased_marks.push_back({sink, key});
  }

  std::exception_ptr failure;
  const auto write = [this, &change] {
    if (!change.empty()) store_->commit(change);
  };
  try {
    if (closed_)
      throw pipeline::Fatal({"store", "positions of '" + context_.spec.name + "'", "it has ended", ""});
    const Callee::Call call(context_.state_store, "a commit");
    co_await thread_->run(write);
  } catch (...) {
    failure = std::current_exception();
  }
  ++turn_served_;
  idle_.notify();
  if (failure) {
    for (std::size_t i = 0; i < outlets.size(); ++i)
      outlets[i]->marks().give_back(std::move(taken[i]));
    std::rethrow_exception(failure);
  }
  for (const SinkMark& mark : change.marks)
    left_over_.erase({mark.sink, mark.key});
  for (const SinkMarkKey& mark : change.erased_marks)
    left_over_.erase({mark.sink, mark.key});
}

void Checkpoints::remember(const LaneCheckpoint& lane) {
  stored_lanes_[lane.id] = {lane.id, lane.identity, lane.position};
}

pipeline::Task<void> Checkpoints::clear() {
  if (!thread_ || closed_) co_return;
  const std::function<pipeline::Task<void>()> attempt = [this]() -> pipeline::Task<void> {
    const auto clear_store = [this] { store_->clear(); };
    const Callee::Call call(context_.state_store, "a commit");
    co_await thread_->run(clear_store);
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  co_await retry_loop_.run(attempt, given_up);
}

pipeline::Task<void> Checkpoints::close() {
  if (!thread_) co_return;
  while (turn_served_ != turns_given_)
    co_await idle_.wait();
  closed_ = true;
  const auto close_store = [this] { store_.reset(); };
  const Callee::Call call(context_.state_store, "a call to close");
  co_await thread_->run(close_store);
}

}  // namespace hiveframe::runtime
