#include "pipeline/runtime/exec/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <random>
#include <spdlog/spdlog.h>
#include <utility>

#include "pipeline/errors.hpp"
#include "pipeline/runtime/exec/chain.hpp"
#include "pipeline/runtime/exec/continuation.hpp"
#include "pipeline/runtime/exec/lane_directory.hpp"

namespace hiveframe::runtime {
namespace {

RandomFraction seeded_fraction() {
  // Shared by all copies, or every lane would draw the same delays.
  const auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); };
}

}  // namespace

Pipeline::Run::Run(PipelineSpec spec, RunOptions options, Engine& engine)
    : engine_(engine),
      spec_(std::move(spec)),
      options_(std::move(options)),
      strand_(boost::asio::make_strand(engine.data_executor())),
      context_(spec_, options_, strand_, engine, engine.memory()),
      board_(context_),
      outlets_(context_, board_),
      lane_environment_{context_, outlets_, lanes_.tally()},
      limit_(options_.limit),
      source_loop_(context_, "source"),
      deadline_timer_(context_.timers),
      part_timer_(context_.timers) {
  context_.random = seeded_fraction();
  context_.pacers = pacers_of(spec_.transforms);
  context_.fail = [this](std::string reason) { fail(std::move(reason)); };
  context_.end_quietly = [this] {
    board_.set_output_closed();
    end(Ending::closed);
  };
  if (spec_.dead_letter) context_.letter_numbers = board_.numbers(spec_.sinks.size());
  context_.progressed = [this] { changed_.notify(); };
  context_.store_marks = [this]() -> pipeline::Task<void> { co_await checkpoint_loop_->store(); };
}

void Pipeline::Run::start(std::function<void()> ended) {
  ended_ = std::move(ended);
  const auto self = shared_from_this();
  boost::asio::co_spawn(
      strand_, [self]() -> pipeline::Task<void> { return self->live(); }, boost::asio::detached);
}

void Pipeline::Run::stop() {
  interrupt_at(std::chrono::steady_clock::now() + options_.shutdown_timeout);
  boost::asio::post(strand_, [self = shared_from_this()] { self->end(Ending::stopped); });
}

pipeline::Task<void> Pipeline::Run::live() {
  const auto self = shared_from_this();
  std::optional<std::string> failure;
  try {
    const Part opening = [this] { return open(); };
    co_await in_time(opening);
    opening_ = false;
    if (flowing_ && ending_ == Ending::none) co_await flow();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure) fail(*failure);
  count_undelivered();
  co_await close();
  if (parts_under_way_ != 0) {
    tell_what_hangs();
  } else {
    co_await let_go();
  }
  tell_the_end();
  if (parts_under_way_ != 0) co_await wait_for_what_hangs();
}

void Pipeline::Run::tell_the_end() {
  context_.over = true;
  switch (ending_) {
    case Ending::none:
      finish(State::finished);
      break;
    case Ending::stopped:
    case Ending::closed:
      // Told to stop when all was done but the end itself.
      finish(published_ ? State::finished : State::stopped);
      break;
    case Ending::failed:
      finish(State::failed);
      break;
  }
}

pipeline::Task<void> Pipeline::Run::open() { flowing_ = co_await open_all(); }

/// True: everything is open and records may flow.
pipeline::Task<bool> Pipeline::Run::open_all() {
  checkpoints_ = std::make_unique<Checkpoints>(context_);
  checkpoint_loop_ = std::make_unique<CheckpointLoop>(context_, *checkpoints_, outlets_, lanes_, board_);
  const bool state_open = co_await checkpoints_->open();
  if (!state_open || ending_ != Ending::none) co_return false;
  const StateSnapshot& stored = checkpoints_->stored();
  if (stored.phase == Phase::completing) {
    co_await finish_earlier_run();
    co_return false;
  }
  const bool source_open = co_await open_source();
  if (!source_open) co_return false;
  const bool sinks_open = co_await outlets_.open(stored);
  if (!sinks_open) co_return false;
  if (spec_.delivery == Delivery::exactly_once &&
      (outlets_.routes().size() != 1 || !outlets_.routes().front()->transactional())) {
    fail("exactly_once needs one sink that commits positions with its records");
    co_return false;
  }
  if (stored.phase == Phase::starting_over) {
    // Every sink has mended what earlier runs left: from here on it is a first run.
    const bool begun = co_await checkpoint_loop_->store_last(Phase::running);
    if (!begun) co_return false;
  }
  co_return true;
}

/// An earlier run had everything durable and was stopped while its sinks published it.
pipeline::Task<void> Pipeline::Run::finish_earlier_run() {
  const StateSnapshot& stored = checkpoints_->stored();
  const std::string source = spec_.source()->identity();
  if (stored.source_identity && *stored.source_identity != source) {
    fail("an earlier run of pipeline '" + spec_.name + "' has read " + *stored.source_identity +
         " to its end, and its output is not published yet; the source is now " + source +
         ": put the earlier one back and run it once more, or run once with --from-start to give that output "
         "up and read from the beginning");
    co_return;
  }
  spdlog::info("[{}] finishing what an earlier run had written completely", spec_.name);
  const bool open = co_await outlets_.open(stored);
  opening_ = false;
  if (open && ending_ == Ending::none) co_await publish();
}

pipeline::Task<bool> Pipeline::Run::open_source() {
  source_ = spec_.source();
  const std::function<pipeline::Task<void>()> attempt = [this]() -> pipeline::Task<void> {
    const Callee::Call call(context_.source, "a call to open it");
    pipeline::SourceContext about{spec_.name, context_.memory_limit, context_.options.from_start,
                                  &context_.source_report};
    co_await source_->open(std::move(about));
  };
  const std::function<bool()> given_up = [this] { return context_.draining || context_.aborting; };
  const bool open = co_await source_loop_.run(attempt, given_up);
  if (!open || ending_ != Ending::none) co_return false;
  context_.membership = source_->membership();
  const StateSnapshot& stored = checkpoints_->stored();
  const bool has_positions = stored.phase != Phase::starting_over && source_->traits().keeps_position &&
                             !source_->traits().position_at_source;
  if (stored.source_identity && has_positions) {
    if (const auto mismatch = check_identity(spec_.name, *stored.source_identity, source_->identity())) {
      fail(*mismatch);
      co_return false;
    }
  }
  settle_continuation(context_, *source_, *checkpoints_);
  board_.set_loses_because(context_.loses_because);
  checkpoint_loop_->follow(*source_);
  co_return true;
}

void Pipeline::Run::make_workers() {
  std::shared_ptr<const Chain> chain = make_chain(context_, source_->format(), outlets_);
  workers_ = std::make_unique<WorkerPool>(std::move(chain), context_.pool, context_.parallelism);
  lane_environment_.workers = workers_.get();
  lane_environment_.source = source_->traits();
  // A batch to spare keeps several workers busy while another is read; one worker has no time that it could
  // lose, and what waits for it only pushes what it works on out of the cache.
  lane_environment_.window = context_.parallelism == 1 ? 1 : context_.parallelism + 1;
  lane_environment_.limit = &limit_;
  lane_environment_.commit_before = [this](LaneCheckpoint lane) {
    return checkpoint_loop_->store_before(std::move(lane));
  };
}

pipeline::Task<void> Pipeline::Run::flow() {
  make_workers();
  directory_ = directory_for_sinks(context_, lanes_);
  letter_directory_ = directory_for_letters(context_, lanes_);
  outlets_.start(directory_, letter_directory_);
  board_.set_state(State::running);
  intake_ = std::make_unique<LaneIntake>(lane_environment_, *source_, lanes_, *checkpoints_,
                                         *checkpoint_loop_, board_);
  intake_->start();
  checkpoint_loop_->start();
  while (!context_.aborting) {
    if (limit_ && *limit_ == 0) end_at_limit();
    if (flowed()) break;
    checkpoint_loop_->look();
    intake_->look();
    co_await changed_.wait();
  }
  co_await drain();
  const Part completing = [this] { return complete(); };
  if (ending_ == Ending::none) co_await in_time(completing);
}

void Pipeline::Run::end_at_limit() {
  if (limit_reached_) return;
  // A lane that rewinds must be able to read again, so the source is not cancelled before all is done.
  if (!lanes_.all_idle()) {
    outlets_.hurry();
    return;
  }
  limit_reached_ = true;
  intake_->close();
  source_->cancel();
}

/// Whether nothing more will flow, or need to.
bool Pipeline::Run::flowed() {
  if (ending_ != Ending::none) {
    // What the source cannot give again is sent again now if a flush loses it.
    if (!source_->traits().replayable) outlets_.hurry();
    return lanes_.all_returned();
  }
  if (!intake_->no_more()) return false;
  if (lanes_.all_delivered()) return true;
  // Nothing else will fill a batch or come to the next checkpoint: have it made durable now.
  if (lanes_.all_sent()) outlets_.hurry();
  return false;
}

/// Sinks write what they were sent and make it durable; then it is stored how far that is.
pipeline::Task<void> Pipeline::Run::drain() {
  checkpoint_loop_->stop();
  const Part resting = [this] { return come_to_rest(); };
  co_await in_time(resting);
  const Part draining = [this] { return outlets_.drain(); };
  co_await in_time(draining);
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
  const Part storing = [this] { return store_what_is_durable(); };
  co_await in_time(storing);
}

/// Returns when nothing is read any more, and what was read is sent on or dropped.
pipeline::Task<void> Pipeline::Run::come_to_rest() {
  while (checkpoint_loop_->running() || intake_->busy() || !lanes_.all_returned())
    co_await changed_.wait();
}

pipeline::Task<void> Pipeline::Run::store_what_is_durable() {
  bool stored = false;
  if (!context_.aborting) stored = co_await checkpoint_loop_->store_last(std::nullopt);
  if (stored) co_return;
  // When time is over it is tried once: what is stored now is not read again.
  try {
    co_await checkpoint_loop_->store();
  } catch (const pipeline::Retryable& error) {
    context_.health.trouble(state_store_component, error.what());
  }
}

/// Everything is read and durable: publishes it, and leaves nothing behind.
pipeline::Task<void> Pipeline::Run::complete() {
  const bool stored = co_await checkpoint_loop_->store_last(Phase::completing);
  if (stored) co_await publish();
}

pipeline::Task<void> Pipeline::Run::publish() {
  const bool complete = co_await outlets_.complete();
  if (context_.over) co_return;
  if (!complete) {
    end(Ending::stopped);
    co_return;
  }
  co_await checkpoints_->clear();
  published_ = true;
}

}  // namespace hiveframe::runtime
