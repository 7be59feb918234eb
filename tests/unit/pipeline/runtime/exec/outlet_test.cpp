// What sinks do beside writing: slow and failing flushes, lingering, letters, marks while publishing.

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// What happens around a FakeSink's calls.
struct Hooks {
  bool gains_by_waiting = false;
  bool stores_at_open = false;
  std::function<pipeline::Task<void>()> before_open;
  std::function<pipeline::Task<void>(const pipeline::WriteRequest&)> before_write;
  std::function<pipeline::Task<void>()> before_flush;
  std::function<pipeline::Task<void>()> before_complete;
  std::function<pipeline::Task<void>()> before_close;
  std::string pipeline;  ///< what a sink is told of it
  std::atomic<int> destroyed{0};
};

class HookedSink final : public pipeline::Sink {
 public:
  HookedSink(SinkScript& script, Hooks& hooks) : inner_(script), hooks_(hooks) {}
  ~HookedSink() override { ++hooks_.destroyed; }

  pipeline::SinkTraits traits() const override {
    pipeline::SinkTraits traits = inner_.traits();
    traits.gains_by_waiting = hooks_.gains_by_waiting;
    return traits;
  }
  std::string identity() const override { return "the fake output"; }
  pipeline::Task<void> open(pipeline::SinkContext context) override {
    if (hooks_.stores_at_open) {
      context.marks->set("key", "value");
      co_await context.marks->store();
    }
    hooks_.pipeline = context.pipeline;
    if (hooks_.before_open) co_await hooks_.before_open();
    co_await inner_.open(std::move(context));
  }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    if (hooks_.before_write) co_await hooks_.before_write(request);
    co_return co_await inner_.write(request);
  }
  pipeline::Task<void> flush() override {
    if (hooks_.before_flush) co_await hooks_.before_flush();
    co_await inner_.flush();
  }
  pipeline::Task<void> complete() override {
    if (hooks_.before_complete) co_await hooks_.before_complete();
    co_await inner_.complete();
  }
  pipeline::Task<void> close() override {
    if (hooks_.before_close) co_await hooks_.before_close();
    co_await inner_.close();
  }
  void cancel() noexcept override { inner_.cancel(); }

 private:
  FakeSink inner_;
  Hooks& hooks_;
};

/// Returns when it is so.
pipeline::Task<void> until(const std::atomic<bool>& so) {
  boost::asio::steady_timer poll(co_await boost::asio::this_coro::executor);
  while (!so) {
    poll.expires_after(1ms);
    co_await poll.async_wait(boost::asio::use_awaitable);
  }
}

class OutletTest : public PipelineTest {
 protected:
  OutletTest() {
    spec_.sinks.front().make = [this] { return std::make_unique<HookedSink>(sink_, hooks_); };
    sink_.acks_at_flush = true;
  }
  Hooks hooks_;
};

TEST_F(OutletTest, ASinkIsToldThePipelinesName) {
  spec_.name = "orders to ledger";
  EXPECT_EQ(run().state, State::finished);
  EXPECT_EQ(hooks_.pipeline, "orders to ledger");
}

TEST_F(OutletTest, AFlushUnderWayAtTheStopThatFailsIsTriedAgain) {
  source_.endless = true;
  std::atomic<int> flushes{0};
  hooks_.before_flush = [&]() -> pipeline::Task<void> {
    if (flushes++ != 0) co_return;
    // As long as it takes to come to the end of everything else.
    boost::asio::steady_timer slow(co_await boost::asio::this_coro::executor, 100ms);
    co_await slow.async_wait(boost::asio::use_awaitable);
    throw pipeline::Retryable({"flush", "the fake sink", "scripted", ""});
  };
  const auto before = std::chrono::steady_clock::now();
  const Status status = run([&](Pipeline& pipeline) {
    await([&] { return flushes > 0; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_LT(std::chrono::steady_clock::now() - before, options_.shutdown_timeout / 2);
}

TEST_F(OutletTest, FlushesThatFailUntilTheSinkIsLeftAloneLoseNothing) {
  spec_.circuit_breaker.failure_threshold = 2;
  sink_.fail_flushes = 7;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  std::vector<Received> received = sorted(sink_.received);
  received.erase(std::unique(received.begin(), received.end()), received.end());
  EXPECT_EQ(received, expected());
}

TEST_F(OutletTest, AReaderThatWentAwayIsNoFailureAtAFlushEither) {
  hooks_.before_flush = []() -> pipeline::Task<void> {
    throw pipeline::Closed("standard output");
    co_return;
  };
  const Status status = run();
  EXPECT_EQ(status.state, State::stopped);
  EXPECT_EQ(status.reason, "");
}

TEST_F(OutletTest, ABatchRefusedAtAFlushFailsAndSaysSo) {
  hooks_.before_flush = []() -> pipeline::Task<void> {
    throw pipeline::BadBatch({record::DataError::Type::rejected, "a column is missing"});
    co_return;
  };
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("a column is missing"));
}

TEST_F(OutletTest, TheEndOfTheInputDoesNotWaitForWhatWouldFillABatch) {
  hooks_.gains_by_waiting = true;
  spec_.batch.linger = 10min;
  options_.commit_interval = 10min;
  EXPECT_EQ(run().state, State::finished);
  expect_all_once_in_order(sink_);
}

TEST_F(OutletTest, TheCapDoesNotWaitForWhatWouldFillABatch) {
  hooks_.gains_by_waiting = true;
  spec_.batch.linger = 10min;
  options_.commit_interval = 10min;
  options_.pending_cap = 20;
  EXPECT_EQ(run().state, State::finished);
  expect_all_once_in_order(sink_);
}

TEST_F(OutletTest, ASinkThatGainsNothingByWaitingDoesNotWait) {
  source_.endless = true;
  options_.commit_interval = 10min;
  run([this](Pipeline& pipeline) {
    await([this] { return sink_.received_count == 100; });
    pipeline.stop();
  });
  EXPECT_GT(sink_.writes, 1);
}

TEST_F(OutletTest, TheLingerThatWasAskedForHoldsForEverySink) {
  source_.endless = true;
  options_.commit_interval = 10min;
  spec_.batch.linger = 10min;
  spec_.batch.records = 60;
  run([this](Pipeline& pipeline) {
    // The rest would not fill a request.
    await([this] { return sink_.received_count == 60 && source_.lanes_being_read == 1; });
    await([this] { return source_.reads > 10; });
    EXPECT_EQ(sink_.writes, 1);
    pipeline.stop();
  });
  EXPECT_EQ(sink_.writes, 2);
  expect_all_once_in_order(sink_);
}

TEST_F(OutletTest, MarksMayBeStoredWhileAnEarlierRunsOutputIsPublished) {
  std::atomic<bool> publishing{false};
  hooks_.before_complete = [&]() -> pipeline::Task<void> {
    publishing = true;
    throw pipeline::Retryable({"publish to", "the fake sink", "scripted", ""});
    co_return;
  };
  options_.shutdown_timeout = 10ms;
  const Status stopped = run([&](Pipeline& pipeline) {
    await([&] { return publishing.load(); });
    pipeline.stop();
  });
  EXPECT_EQ(stopped.state, State::stopped);

  hooks_.before_complete = nullptr;
  hooks_.stores_at_open = true;
  sink_.cancelled = false;
  const Status finished = run();
  EXPECT_EQ(finished.state, State::finished) << finished.reason;
  EXPECT_EQ(sink_.completions, 1);
  expect_all_once_in_order(sink_);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(OutletTest, AWriterThatFailsBesideOneThatWorksIsOneTrouble) {
  source_.lanes = 2;
  // No flush, which would wait for the writes, while they wait for each other.
  source_.endless = true;
  options_.commit_interval = 10min;
  sink_.concurrency = 2;
  sink_.acks_at_flush = false;
  int failed = 0;
  int worked = 0;
  hooks_.before_write = [&](const pipeline::WriteRequest& request) -> pipeline::Task<void> {
    if (sink_.received.size() >= 100) co_return;
    if (request.slices.front()[0].value.find("lane")->as_int64() == 1) {
      ++failed;
      throw pipeline::Retryable({"write to", "the fake sink", "scripted", ""});
    }
    // In turn: what works is between two failures.
    const int turn = ++worked;
    boost::asio::steady_timer poll(co_await boost::asio::this_coro::executor);
    while (failed < turn) {
      poll.expires_after(1ms);
      co_await poll.async_wait(boost::asio::use_awaitable);
    }
  };
  const std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
  std::ostringstream log;
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  const Status status = run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written == 200; });
    pipeline.stop();
  });
  spdlog::set_default_logger(before);
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  expect_all_once_in_order(sink_);
  EXPECT_GT(failed, 1);
  std::istringstream lines(log.str());
  std::vector<std::string> told;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("sinks[0]") != std::string::npos) told.push_back(line);
  }
  EXPECT_THAT(told, ElementsAre(HasSubstr("trying again"), HasSubstr("works again")));
}

TEST_F(OutletTest, ASinkThatHangsWhileItOpensIsCancelledAtTheStop) {
  options_.shutdown_timeout = 10min;
  std::atomic<bool> opening{false};
  hooks_.before_open = [&]() -> pipeline::Task<void> {
    opening = true;
    co_await until(sink_.cancelled);
    throw pipeline::Retryable({"open", "the fake sink", "cancelled", ""});
  };
  const Status status = run([&](Pipeline& pipeline) {
    await([&] { return opening.load(); });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
}

TEST_F(OutletTest, ASinkThatHangsWhileItClosesIsCancelledAtTheDeadline) {
  options_.shutdown_timeout = 10ms;
  hooks_.before_close = [&]() -> pipeline::Task<void> { return until(sink_.cancelled); };
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
}

/// A table that can take positions, and is asked to take letters.
class LetterTable final : public pipeline::Sink, public pipeline::Transactional {
 public:
  explicit LetterTable(SinkScript& script) : inner_(script) {}

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
      std::vector<std::string>) override {
    throw pipeline::Fatal({"ask", "the letters", "they have no positions", ""});
    co_return std::vector<std::optional<pipeline::Position>>();
  }
  pipeline::Task<void> write(pipeline::WriteRequest&, std::vector<pipeline::LanePosition>) override {
    throw pipeline::Fatal({"write to", "the letters", "a position of nothing", ""});
    co_return;
  }

 private:
  FakeSink inner_;
};

/// Commits records with positions, as far as this test goes.
class PositionTable final : public pipeline::Sink, public pipeline::Transactional {
 public:
  explicit PositionTable(SinkScript& script) : inner_(script) {}

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
    co_return std::vector<std::optional<pipeline::Position>>(lanes.size());
  }
  pipeline::Task<void> write(pipeline::WriteRequest& request,
                             std::vector<pipeline::LanePosition> positions) override {
    EXPECT_FALSE(positions.empty());
    static_cast<void>(co_await inner_.write(request));
  }

 private:
  FakeSink inner_;
};

TEST_F(OutletTest, LettersOfAnExactlyOncePipelineAreWrittenWithoutPositions) {
  spec_.delivery = Delivery::exactly_once;
  sink_.acks_at_flush = false;
  spec_.sinks.front().make = [this] { return std::make_unique<PositionTable>(sink_); };
  add_dead_letters();
  spec_.dead_letter->make = [this] { return std::make_unique<LetterTable>(letters_); };
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 7; });
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(letters_.letters, std::vector<std::string>{"original 7"});
  EXPECT_EQ(sink_.received.size(), 99u);
}

}  // namespace
}  // namespace hiveframe::runtime::test
