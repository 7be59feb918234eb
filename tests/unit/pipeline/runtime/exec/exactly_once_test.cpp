// Positions that are committed with the records, by a sink that stands for a database.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/resource.h>

#include "pipeline/runtime/state/state_store.hpp"
#include "tests/unit/pipeline/runtime/exec/ledger_sink.hpp"
#include "tests/unit/pipeline/runtime/exec/log_capture.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

/// Marks how much it has written, as a file of letters does.
class MarkingSink final : public pipeline::Sink {
 public:
  explicit MarkingSink(
      SinkScript& script, std::function<void()> marked = [] {})
      : inner_(script), marked_(std::move(marked)) {}

  pipeline::SinkTraits traits() const override { return inner_.traits(); }
  std::string identity() const override { return "/letters"; }
  pipeline::Task<void> open(pipeline::SinkContext context) override {
    marks_ = context.marks;
    co_await inner_.open(std::move(context));
  }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    written_ += request.records();
    marks_->set("written", std::to_string(written_));
    marked_();
    return inner_.write(request);
  }
  pipeline::Task<void> flush() override { return inner_.flush(); }
  pipeline::Task<void> close() override { return inner_.close(); }
  void cancel() noexcept override { inner_.cancel(); }

 private:
  FakeSink inner_;
  std::function<void()> marked_;
  pipeline::ResumeMarks* marks_ = nullptr;
  std::size_t written_ = 0;
};

/// As long as it is filled, this process cannot write to any file.
class DiskThatIsFull {
 public:
  DiskThatIsFull() : handler_(std::signal(SIGXFSZ, SIG_IGN)) { getrlimit(RLIMIT_FSIZE, &before_); }
  ~DiskThatIsFull() {
    clear();
    std::signal(SIGXFSZ, handler_);
  }
  DiskThatIsFull(const DiskThatIsFull&) = delete;
  DiskThatIsFull& operator=(const DiskThatIsFull&) = delete;

  void fill() const {
    const rlimit nothing{0, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &nothing);
  }
  void clear() const { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

class ExactlyOnceTest : public PipelineTest {
 protected:
  ExactlyOnceTest() {
    spec_.delivery = Delivery::exactly_once;
    spec_.sinks.front().make = [this] { return std::make_unique<LedgerSink>(ledger_); };
    source_.lanes = 2;
    source_.records_per_lane = 200;
  }

  void expect_every_row_once() {
    EXPECT_EQ(sorted(ledger_.rows), expected());
    for (const auto& [lane, entry] : ledger_.lanes)
      EXPECT_EQ(entry.position, "200") << lane;
  }

  Ledger ledger_;
};

TEST_F(ExactlyOnceTest, CommitsRecordsWithTheirPositions) {
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(ledger_.commits, 50);
  expect_every_row_once();
}

TEST_F(ExactlyOnceTest, PositionsAreCommittedInOrderThoughRecordsNeedNone) {
  spec_.ordered = false;
  ledger_.concurrency = 4;
  ledger_.fail_every = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(ledger_.failures, 20);
  expect_every_row_once();
}

TEST_F(ExactlyOnceTest, CommitsOfUnknownOutcomeAreNeitherLostNorRepeated) {
  ledger_.fail_every = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(ledger_.failures, 10);
  expect_every_row_once();
}

TEST_F(ExactlyOnceTest, WhollyFilteredBatchesAdvance) {
  add_transform(pipeline::Verdict::drop, [](std::int64_t id) { return id < 195; });
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(ledger_.rows.size(), 10u);
  for (const auto& [lane, entry] : ledger_.lanes)
    EXPECT_EQ(entry.position, "200") << lane;
}

TEST_F(ExactlyOnceTest, TheSinksPositionsCountNotTheStateStores) {
  ledger_.lanes["lane-0"].position = "150";
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_THAT(source_.sought, ElementsAre(std::pair("lane-0", "150")));
  EXPECT_EQ(ledger_.rows.size(), 250u);
}

TEST_F(ExactlyOnceTest, StoppedAndStartedAgainEveryRowIsThereOnce) {
  source_.endless = true;
  run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written >= 100; });
    pipeline.stop();
  });
  source_.endless = false;
  EXPECT_EQ(run().state, State::finished);
  expect_every_row_once();
}

TEST_F(ExactlyOnceTest, BadRecordsAreSingledOutAndTheirLettersComeFirst) {
  add_dead_letters();
  std::optional<std::size_t> letters_at_passing;
  ledger_.bad = [](const Received& row) { return row.lane == 0 && (row.id == 41 || row.id == 199); };
  ledger_.before_commit = [&](Ledger& ledger) {
    const auto& position = ledger.lanes["lane-0"].position;
    const bool passed = position && std::stoi(*position) > 41;
    if (passed && !letters_at_passing) letters_at_passing = letters_.letters.size();
  };
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(ledger_.rows.size(), 398u);
  EXPECT_THAT(letters_.letters, ElementsAre("original 41", "original 199"));
  EXPECT_EQ(letters_at_passing, 1u) << "the position went past the record before its letter was written";
  for (const auto& [lane, entry] : ledger_.lanes)
    EXPECT_EQ(entry.position, "200") << lane;
}

TEST_F(ExactlyOnceTest, WhatTheLettersSinkMarkedIsStoredBeforeThePositionGoesPast) {
  add_dead_letters();
  spec_.dead_letter->make = [this] { return std::make_unique<MarkingSink>(letters_); };
  source_.lanes = 1;
  options_.commit_interval = std::chrono::hours(1);  // no checkpoint comes to its help
  const auto as_killed_now = [this] {
    const std::filesystem::path copy = folder_ / "killed";
    std::filesystem::create_directory(copy);
    for (const char* file : {"test.db", "test.db-wal"})
      std::filesystem::copy_file(folder_ / file, copy / file);
    return StateStore(copy, "test", StateStore::Start::resume).load().marks;
  };
  std::optional<std::vector<SinkMark>> marks;
  ledger_.bad = [](const Received& row) { return row.id == 41; };
  ledger_.before_commit = [&](Ledger& ledger) {
    const auto& position = ledger.lanes["lane-0"].position;
    if (position && std::stoi(*position) > 41 && !marks) marks = as_killed_now();
  };
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_THAT(marks, Optional(ElementsAre(SinkMark{"/letters", "written", "1"})));
}

TEST_F(ExactlyOnceTest, MarksThatCannotBeStoredAreGivenUpAsRetrySays) {
  add_dead_letters();
  const DiskThatIsFull disk;
  spec_.dead_letter->make = [this, &disk] {
    return std::make_unique<MarkingSink>(letters_, [&disk] { disk.fill(); });
  };
  spec_.retry.max_elapsed = std::chrono::milliseconds(20);
  options_.commit_interval = std::chrono::hours(1);
  ledger_.bad = [](const Received& row) { return row.id == 41; };
  const Status status = run();
  disk.clear();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("gave up after"));
}

TEST_F(ExactlyOnceTest, MarksThatCannotBeStoredDoNotOutlastTheDeadline) {
  add_dead_letters();
  const DiskThatIsFull disk;
  std::atomic<bool> marked{false};
  spec_.dead_letter->make = [this, &disk, &marked] {
    return std::make_unique<MarkingSink>(letters_, [&] {
      disk.fill();
      marked = true;
    });
  };
  spec_.retry.base_delay = spec_.retry.max_delay = std::chrono::hours(1);
  options_.commit_interval = std::chrono::hours(1);
  options_.shutdown_timeout = std::chrono::milliseconds(50);
  ledger_.bad = [](const Received& row) { return row.id == 41; };
  const Status status = run([&](Pipeline& pipeline) {
    await([&] { return marked && pipeline.status().state == State::degraded; });
    pipeline.stop();
  });
  disk.clear();
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  EXPECT_GT(status.abandoned, 0u);
}

/// Its second lane cannot be taken over for a while.
class LateLedgerSink final : public pipeline::Sink, public pipeline::Transactional {
 public:
  LateLedgerSink(Ledger& ledger, const std::atomic<bool>& late) : inner_(ledger), late_(late) {}

  pipeline::SinkTraits traits() const override { return inner_.traits(); }
  pipeline::Task<void> open(pipeline::SinkContext context) override {
    return inner_.open(std::move(context));
  }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    return inner_.write(request);
  }
  pipeline::Task<void> flush() override { return inner_.flush(); }
  pipeline::Task<void> close() override { return inner_.close(); }
  void cancel() noexcept override { inner_.cancel(); }
  pipeline::Task<std::vector<std::optional<pipeline::Position>>> stored_positions(
      std::vector<std::string> lanes) override {
    if (late_ && lanes.front() == "lane-1") {
      throw pipeline::Retryable({"ask", "the ledger", "somebody else has lane-1", ""});
    }
    return inner_.stored_positions(std::move(lanes));
  }
  pipeline::Task<void> write(pipeline::WriteRequest& request,
                             std::vector<pipeline::LanePosition> positions) override {
    return inner_.write(request, std::move(positions));
  }

 private:
  LedgerSink inner_;
  const std::atomic<bool>& late_;
};

TEST_F(ExactlyOnceTest, WritesThatWorkDoNotEndTheTroubleOfTakingALaneOver) {
  std::atomic<bool> late{true};
  spec_.sinks.front().make = [this, &late] { return std::make_unique<LateLedgerSink>(ledger_, late); };
  const Status status = run([&](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written == 200; });
    EXPECT_EQ(pipeline.status().state, State::degraded);
    EXPECT_THAT(pipeline.status().reason, HasSubstr("somebody else has lane-1"));
    late = false;
  });
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_every_row_once();
}

TEST_F(ExactlyOnceTest, ARunThatGoesOnSaysWhere) {
  const LogCapture log;
  ledger_.lanes["lane-0"].position = "150";
  ledger_.lanes["lane-1"].position = "150";
  run();
  EXPECT_THAT(log.lines(), ElementsAre("[test] goes on where its sink stands: lane-0 at position 150"));
}

TEST_F(ExactlyOnceTest, OnErrorStopLeavesThePositionBeforeTheBadRecord) {
  source_.lanes = 1;
  ledger_.bad = [](const Received& row) { return row.id == 41; };
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("lane-0 record 41: bad 41"));
  EXPECT_EQ(ledger_.lanes["lane-0"].position, "41");
  EXPECT_EQ(ledger_.rows.size(), 41u);
}

TEST_F(ExactlyOnceTest, APausedOwnerThatLostItsLanesCannotCommit) {
  int commits = 0;
  ledger_.before_commit = [&](Ledger& ledger) {
    if (++commits != 10) return;
    // While the first one was paused here, a second one took the lanes and moved on.
    const std::lock_guard lock(ledger.mutex);
    ++ledger.owners;
    for (auto& [name, lane] : ledger.lanes)
      lane.owner = ledger.owners;
  };
  const Status fenced = run();
  EXPECT_EQ(fenced.state, State::failed);
  EXPECT_THAT(fenced.reason, HasSubstr("another owner has lane"));
  EXPECT_LT(ledger_.rows.size(), 400u);

  ledger_.before_commit = nullptr;
  EXPECT_EQ(run().state, State::finished);
  expect_every_row_once();
}

TEST_F(ExactlyOnceTest, ASinkThatCannotIsRefused) {
  spec_.sinks.clear();
  add_sink(sink_);
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("exactly_once needs one sink that commits positions"));
}

}  // namespace
}  // namespace hiveframe::runtime::test
