#include "pipeline/runtime/exec/run.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <random>
#include <spdlog/spdlog.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {
namespace {

constexpr std::size_t lanes_shown = 100;
constexpr auto flush_poll = std::chrono::milliseconds(5);

RandomFraction seeded_fraction() {
  // Shared by all copies, or every lane would draw the same delays.
  const auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); };
}

}  // namespace

Pipeline::Run::Run(PipelineSpec spec, RunOptions options, Engine& engine)
    : spec_(std::move(spec)),
      options_(std::move(options)),
      strand_(boost::asio::make_strand(engine.data_executor())),
      context_(spec_, options_, strand_, engine.data_executor(), engine.memory()),
      lane_environment_{context_, nullptr, outlets_, nullptr, {}, 0, nullptr, nullptr},
      limit_(options_.limit),
      source_loop_(context_, "source"),
      commit_loop_(context_, "state store"),
      checkpoint_timer_(strand_),
      deadline_timer_(strand_),
      changed_(strand_),
      threads_(engine.threads()),
      board_(context_) {
  context_.random = seeded_fraction();
  context_.fail = [this](std::string reason) { fail(std::move(reason)); };
  context_.end_quietly = [this] { end(Ending::closed); };
  context_.progressed = [this] { changed_.notify(); };
  context_.store_marks = [this]() -> pipeline::Task<void> {
    co_await commit(positions_to_commit(), std::nullopt);
  };
}

void Pipeline::Run::start(std::function<void()> ended) {
  ended_ = std::move(ended);
  const auto self = shared_from_this();
  boost::asio::co_spawn(
      strand_, [self]() -> pipeline::Task<void> { return self->live(); }, boost::asio::detached);
}

void Pipeline::Run::stop() {
  boost::asio::post(strand_, [self = shared_from_this()] { self->end(Ending::stopped); });
}

pipeline::Task<void> Pipeline::Run::live() {
  const auto self = shared_from_this();
  bool flowing = false;
  std::optional<std::string> failure;
  try {
    flowing = co_await open();
    if (flowing && ending_ == Ending::none) co_await flow();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure) fail(*failure);
  co_await close();
  switch (ending_) {
    case Ending::none:
      finish(State::finished);
      break;
    case Ending::stopped:
    case Ending::closed:
      finish(State::stopped);
      break;
    case Ending::failed:
      finish(State::failed);
      break;
  }
}

/// True: everything is open and records may flow.
pipeline::Task<bool> Pipeline::Run::open() {
  checkpoints_ = std::make_unique<Checkpoints>(context_);
  const bool state_open = co_await checkpoints_->open();
  if (!state_open) co_return false;
  if (checkpoints_->stored().phase == Phase::completing) {
    co_await finish_earlier_run();
    co_return false;
  }
  const bool source_open = co_await open_source();
  if (!source_open) co_return false;
  const bool sinks_open = co_await open_sinks(false);
  if (!sinks_open) co_return false;
  if (spec_.delivery == Delivery::exactly_once &&
      (outlets_.size() != 1 || !outlets_.front()->transactional())) {
    fail("exactly_once needs one sink that commits positions with its records");
    co_return false;
  }
  co_return true;
}

/// An earlier run had everything durable and was stopped while its sinks published it.
pipeline::Task<void> Pipeline::Run::finish_earlier_run() {
  spdlog::info("[{}] finishing what an earlier run had written completely", spec_.name);
  const bool open = co_await open_sinks(true);
  if (open) co_await publish();
}

pipeline::Task<bool> Pipeline::Run::open_sinks(bool completing) {
  for (std::size_t i = 0; i < spec_.sinks.size(); ++i) {
    outlets_.push_back(std::make_unique<Outlet>(context_, spec_.sinks[i], board_.numbers(i)));
  }
  if (spec_.dead_letter) {
    dead_letter_outlet_ =
        std::make_unique<Outlet>(context_, *spec_.dead_letter, board_.numbers(spec_.sinks.size()));
  }
  for (Outlet* outlet : all_outlets()) {
    std::map<std::string, std::string> marks;
    for (const SinkMark& mark : checkpoints_->stored().marks) {
      if (mark.sink == outlet->spec().name) marks[mark.key] = mark.value;
    }
    const bool open = co_await outlet->open(std::move(marks), completing);
    if (!open) co_return false;
  }
  if (dead_letter_outlet_) dead_letters_ = std::make_unique<DeadLetters>(context_, *dead_letter_outlet_);
  co_return true;
}

pipeline::Task<bool> Pipeline::Run::open_source() {
  source_ = spec_.source();
  const std::function<pipeline::Task<void>()> attempt = [this]() -> pipeline::Task<void> {
    co_await source_->open();
  };
  const std::function<bool()> given_up = [this] { return context_.draining || context_.aborting; };
  const bool open = co_await source_loop_.run(attempt, given_up);
  if (!open) co_return false;
  const std::optional<std::string>& stored = checkpoints_->stored().source_identity;
  if (stored && source_->traits().keeps_position) {
    if (const auto mismatch = check_identity(spec_.name, *stored, source_->identity())) {
      fail(*mismatch);
      co_return false;
    }
  }
  co_return true;
}

void Pipeline::Run::make_workers() {
  auto chain = std::make_shared<Chain>();
  chain->source_format = source_->format();
  chain->stages = spec_.transforms;
  chain->max_tree_bytes = static_cast<std::size_t>(context_.memory_limit / 4);
  set_environment(*chain, options_.environment);
  for (const auto& outlet : outlets_) {
    const pipeline::SinkTraits& traits = outlet->traits();
    chain->routes.push_back({outlet->spec().name, outlet->spec().when, traits.format, traits.computed});
  }
  workers_ = std::make_unique<WorkerPool>(std::move(chain), context_.pool);
  const std::size_t parallelism = spec_.parallelism != 0 ? spec_.parallelism : threads_;
  lane_environment_.workers = workers_.get();
  lane_environment_.dead_letters = dead_letters_.get();
  lane_environment_.source = source_->traits();
  lane_environment_.window = parallelism;
  lane_environment_.lanes = &lanes_.open();
  lane_environment_.limit = &limit_;
  lane_environment_.commit_before = [this](std::shared_ptr<LaneRunner> lane, pipeline::Position position) {
    return commit_before(std::move(lane), std::move(position));
  };
}

pipeline::Task<void> Pipeline::Run::flow() {
  make_workers();
  make_directories();
  for (const auto& outlet : outlets_)
    outlet->start(directory_);
  if (dead_letter_outlet_) dead_letter_outlet_->start(letter_directory_);
  board_.set_state(State::running);
  const auto self = shared_from_this();
  following_ = true;
  boost::asio::co_spawn(
      strand_, [self]() -> pipeline::Task<void> { return self->follow_source(); }, boost::asio::detached);
  checkpointing_ = true;
  boost::asio::co_spawn(
      strand_, [self]() -> pipeline::Task<void> { return self->checkpoint_loop(); }, boost::asio::detached);

  while (!context_.aborting) {
    if (limit_ && *limit_ == 0 && !limit_reached_) {
      // A lane that rewinds must be able to read again, so the source is not cancelled before all is done.
      if (lanes_.all_idle()) {
        limit_reached_ = true;
        no_more_lanes_ = true;
        source_->cancel();
      } else {
        hurry();
      }
    }
    if (ending_ != Ending::none) {
      if (lanes_.all_returned()) break;
    } else if (no_more_lanes_) {
      if (lanes_.all_delivered()) break;
      // Nothing else will fill a batch or come to the next checkpoint: have it made durable now.
      if (lanes_.all_sent()) hurry();
    }
    co_await changed_.wait();
  }
  co_await drain();
  if (ending_ == Ending::none) co_await complete();
}

pipeline::Task<void> Pipeline::Run::follow_source() {
  std::optional<std::string> fatal;
  try {
    while (!context_.draining && !no_more_lanes_) {
      pipeline::LaneEvent event;
      const std::function<pipeline::Task<void>()> next = [this, &event]() -> pipeline::Task<void> {
        event = co_await source_->next();
      };
      const std::function<bool()> given_up = [this] { return context_.draining; };
      const bool came = co_await source_loop_.run(next, given_up);
      if (!came || context_.draining || no_more_lanes_) break;
      if (auto* opened = std::get_if<pipeline::LaneOpened>(&event)) {
        co_await open_lane(std::move(opened->lane));
      } else if (auto* revoked = std::get_if<pipeline::LaneRevoked>(&event)) {
        boost::asio::co_spawn(strand_, hand_over(revoked->id, revoked->deadline), boost::asio::detached);
      } else {
        no_more_lanes_ = true;
      }
    }
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  following_ = false;
  if (fatal) fail(*fatal);
  changed_.notify();
}

void Pipeline::Run::make_directories() {
  const bool exactly_once = spec_.delivery == Delivery::exactly_once;
  directory_.position_of = [this, exactly_once](std::size_t lane, const record::Slice& slice,
                                                std::size_t record) {
    const std::shared_ptr<LaneRunner>& runner = lanes_.at(lane);
    return exactly_once && runner ? runner->lane().position_of(slice.storage(), slice[record])
                                  : pipeline::Position();
  };
  directory_.id_of = [this](std::size_t lane) { return lanes_.at(lane)->lane().id(); };
  directory_.refused = [this](RefusedRecord refused) -> pipeline::Task<bool> {
    const std::shared_ptr<LaneRunner> lane = lanes_.at(refused.parcel.lane);
    if (!lane) co_return true;  // it was taken away, and whoever has it now will read the record
    co_return co_await lane->on_refused(std::move(refused));
  };
  letter_directory_.position_of = [](std::size_t, const record::Slice&, std::size_t) {
    return pipeline::Position();
  };
  letter_directory_.id_of = directory_.id_of;
  letter_directory_.refused = [this](RefusedRecord refused) -> pipeline::Task<bool> {
    fail(refused.sink + " refused a dead letter: " + refused.error.message +
         "; nothing takes a letter in its place, so mend this sink and start again");
    co_return false;
  };
}

/// Where the lane goes on by the state of an earlier run. False: what was read then is not this lane.
bool Pipeline::Run::stored_position(const pipeline::Lane& lane, std::optional<pipeline::Position>& position) {
  for (const LaneState& stored : checkpoints_->stored().lanes) {
    if (stored.lane != lane.id()) continue;
    if (!stored.identity.empty() && !lane.is_same(stored.identity)) {
      fail("'" + lane.id() + "' is not what this pipeline read before under that name (then: " +
           stored.identity + ", now: " + lane.identity() +
           "); bring the old one back, or run with --from-start to read it anew");
      return false;
    }
    position = stored.position;
  }
  return true;
}

pipeline::Task<void> Pipeline::Run::open_lane(std::unique_ptr<pipeline::Lane> lane) {
  std::optional<pipeline::Position> position;
  if (spec_.delivery == Delivery::exactly_once) {
    const bool taken = co_await outlets_.front()->take_over(lane->id(), position);
    if (!taken) co_return;
  } else if (!stored_position(*lane, position)) {
    co_return;
  }
  board_.add_expected(lane->expected_bytes());
  const auto runner = std::make_shared<LaneRunner>(lane_environment_, std::move(lane), lanes_.next_number(),
                                                   std::move(position));
  lanes_.add(runner);
  boost::asio::co_spawn(
      strand_, [runner]() -> pipeline::Task<void> { return runner->run(); }, boost::asio::detached);
}

/// A lane is taken away: drains it until `deadline`, commits, and tells the source.
pipeline::Task<void> Pipeline::Run::hand_over(std::string id,
                                              std::chrono::steady_clock::time_point deadline) {
  const auto self = shared_from_this();
  const std::shared_ptr<LaneRunner> lane = lanes_.find(id);
  if (!lane) {
    source_->released(id);
    co_return;
  }
  ++handing_over_;
  lane->revoke(deadline);
  TimedSignal timer(strand_);
  while (!lane->returned() && std::chrono::steady_clock::now() < deadline) {
    hurry();
    const auto tick = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
    co_await timer.wait_until(std::min(deadline, tick));
  }
  lane->forget();
  for (Outlet* outlet : all_outlets())
    outlet->wake();
  while (!lane->returned())
    co_await changed_.wait();
  co_await checkpoint(false);
  if (lane->watermark()) checkpoints_->remember(lane->checkpoint(*lane->watermark()));
  lanes_.remove(lane->number());
  source_->released(id);
  --handing_over_;
  changed_.notify();
}

pipeline::Task<void> Pipeline::Run::checkpoint_loop() {
  while (ending_ == Ending::none && !draining_) {
    co_await checkpoint_timer_.wait_until(std::chrono::steady_clock::now() + options_.commit_interval);
    if (ending_ != Ending::none || draining_) break;
    co_await checkpoint(true);
  }
  checkpointing_ = false;
  changed_.notify();
}

/// Has the sinks make durable what they took. One that stands still must not keep the others' progress from
/// being stored, so this waits no longer than one commit interval.
pipeline::Task<void> Pipeline::Run::flush_for_a_while() {
  request_flush();
  const std::vector<Outlet*> outlets = all_outlets();
  const auto pending = [&outlets] {
    return std::any_of(outlets.begin(), outlets.end(),
                       [](const Outlet* each) { return each->flush_pending(); });
  };
  const auto deadline = std::chrono::steady_clock::now() + options_.commit_interval;
  while (pending() && !draining_ && std::chrono::steady_clock::now() < deadline) {
    const auto look_again = std::chrono::steady_clock::now() + flush_poll;
    co_await checkpoint_timer_.wait_until(std::min(deadline, look_again));
  }
  // The acks were posted to the strand: they are heard before what comes after this.
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
}

/// Stores how far everything is durable; with `flush`, has the sinks make more of it durable first.
pipeline::Task<void> Pipeline::Run::checkpoint(bool flush) {
  std::optional<std::string> fatal;
  try {
    if (flush) co_await flush_for_a_while();
    co_await commit(positions_to_commit(), std::nullopt);
    context_.health.recovered("state store");
    lanes_.forget_finished(stores_positions());
  } catch (const pipeline::Retryable& error) {
    context_.counters.retries.fetch_add(1, std::memory_order_relaxed);
    context_.health.trouble("state store", error.what());
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  if (fatal) fail(*fatal);
}

std::vector<LaneCheckpoint> Pipeline::Run::positions_to_commit() const {
  if (!stores_positions()) return {};
  return lanes_.moved();
}

/// Whether checkpoints store positions, and the source is told of them.
bool Pipeline::Run::stores_positions() const {
  // There is none while an earlier run's output is published.
  if (!source_ || !source_->traits().keeps_position || options_.limit) return false;
  // At most once, positions were stored before their records went out.
  // Exactly once, the sink stores them with the records.
  return spec_.delivery == Delivery::at_least_once;
}

pipeline::Task<void> Pipeline::Run::commit(std::vector<LaneCheckpoint> positions,
                                           std::optional<Phase> phase) {
  std::vector<pipeline::LanePosition> for_source;
  for (const LaneCheckpoint& each : positions)
    for_source.push_back({each.id, each.position});
  std::optional<std::string> identity;
  if (source_ && !identity_stored_) identity = source_->identity();
  const std::vector<LaneCheckpoint> stored = positions;
  co_await checkpoints_->commit(std::move(positions), all_outlets(), phase, std::move(identity));
  identity_stored_ = true;
  lanes_.stored(stored);
  board_.set_lanes(lanes_.statuses(lanes_shown));
  if (!for_source.empty()) co_await source_->commit(std::move(for_source));
}

pipeline::Task<bool> Pipeline::Run::commit_before(std::shared_ptr<LaneRunner> lane,
                                                  pipeline::Position position) {
  if (!source_->traits().keeps_position || options_.limit) co_return true;
  while (storing_before_)
    co_await changed_.wait();
  const LaneCheckpoint checkpoint = lane->checkpoint(std::move(position));
  const std::function<pipeline::Task<void>()> attempt = [this, &checkpoint]() -> pipeline::Task<void> {
    std::vector<LaneCheckpoint> positions{checkpoint};
    co_await commit(std::move(positions), std::nullopt);
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  storing_before_ = true;
  std::exception_ptr failure;
  bool stored = false;
  try {
    stored = co_await commit_loop_.run(attempt, given_up);
  } catch (...) {
    failure = std::current_exception();
  }
  storing_before_ = false;
  changed_.notify();
  if (failure) std::rethrow_exception(failure);
  co_return stored;
}

/// Sinks write what they were sent and make it durable; then it is stored how far that is.
pipeline::Task<void> Pipeline::Run::drain() {
  draining_ = true;
  checkpoint_timer_.notify();
  while (checkpointing_ || following_ || handing_over_ != 0 || !lanes_.all_returned())
    co_await changed_.wait();
  for (const auto& outlet : outlets_)
    co_await outlet->drain();
  if (dead_letter_outlet_) co_await dead_letter_outlet_->drain();
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
  co_await last_commit(std::nullopt);
  const std::uint64_t abandoned = lanes_.unsettled_records();
  context_.counters.abandoned.fetch_add(abandoned, std::memory_order_relaxed);
  if (abandoned != 0 && !source_->traits().replayable && ending_ == Ending::stopped) {
    fail(std::to_string(abandoned) + " records that cannot be read again were not delivered");
  }
}

pipeline::Task<bool> Pipeline::Run::last_commit(std::optional<Phase> phase) {
  const std::function<pipeline::Task<void>()> attempt = [this, phase]() -> pipeline::Task<void> {
    co_await commit(positions_to_commit(), phase);
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  co_return co_await commit_loop_.run(attempt, given_up);
}

/// Everything is read and durable: publishes it, and leaves nothing behind.
pipeline::Task<void> Pipeline::Run::complete() {
  const bool stored = co_await last_commit(Phase::completing);
  if (stored) co_await publish();
}

pipeline::Task<void> Pipeline::Run::publish() {
  for (Outlet* outlet : all_outlets()) {
    const bool complete = co_await outlet->complete();
    if (!complete) {
      end(Ending::stopped);
      co_return;
    }
  }
  co_await checkpoints_->clear();
}

/// Lets go of everything, in the order it depends on each other.
pipeline::Task<void> Pipeline::Run::close() {
  closing_ = true;
  deadline_timer_.notify();
  std::optional<std::string> failure;
  for (Outlet* outlet : all_outlets()) {
    try {
      co_await outlet->close();
    } catch (const std::exception& error) {
      failure = outlet->spec().name + ": " + error.what();
    }
  }
  try {
    if (source_) co_await source_->close();
    if (checkpoints_) co_await checkpoints_->close();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure) fail(*failure);
  // A sink may have held acks: unsaid, they come back to the strand once more, and find their lanes.
  dead_letters_.reset();
  outlets_.clear();
  dead_letter_outlet_.reset();
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
  lanes_.clear();
  source_.reset();
  checkpoints_.reset();
  while (watching_deadline_)
    co_await changed_.wait();
}

void Pipeline::Run::fail(std::string reason) {
  board_.set_reason(std::move(reason));
  end(Ending::failed);
}

void Pipeline::Run::end(Ending ending) {
  if (ending_ != Ending::none) {
    // A failure while stopping is a failure.
    if (ending == Ending::failed) ending_ = ending;
    return;
  }
  ending_ = ending;
  context_.draining = true;
  context_.memory.cancel();
  if (source_) source_->cancel();
  wake_parts();
  if (closing_) return;
  watching_deadline_ = true;
  boost::asio::co_spawn(strand_, watch_deadline(), boost::asio::detached);
}

pipeline::Task<void> Pipeline::Run::watch_deadline() {
  const auto self = shared_from_this();
  co_await deadline_timer_.wait_until(std::chrono::steady_clock::now() + options_.shutdown_timeout);
  if (!closing_) abort();
  watching_deadline_ = false;
  changed_.notify();
}

void Pipeline::Run::abort() {
  spdlog::warn("[{}] not drained within {} ms: what is not done is abandoned and will be read again",
               spec_.name, options_.shutdown_timeout.count());
  context_.aborting = true;
  for (Outlet* outlet : all_outlets())
    outlet->abort();
  wake_parts();
}

void Pipeline::Run::wake_parts() {
  source_loop_.wake();
  commit_loop_.wake();
  if (checkpoints_) checkpoints_->wake();
  for (Outlet* outlet : all_outlets())
    outlet->wake();
  checkpoint_timer_.notify();
  lanes_.wake();
  changed_.notify();
}

void Pipeline::Run::request_flush() {
  for (Outlet* outlet : all_outlets())
    outlet->request_flush();
}

void Pipeline::Run::hurry() {
  for (Outlet* outlet : all_outlets())
    outlet->hurry();
}

std::vector<Outlet*> Pipeline::Run::all_outlets() const {
  std::vector<Outlet*> all;
  for (const auto& outlet : outlets_)
    all.push_back(outlet.get());
  if (dead_letter_outlet_) all.push_back(dead_letter_outlet_.get());
  return all;
}

void Pipeline::Run::finish(State state) {
  board_.set_state(state);
  if (ended_) ended_();
}

}  // namespace hiveframe::runtime
