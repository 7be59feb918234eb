// What the circuit breaker of a sink hears of its calls, by a clock that only the test moves.

#include "pipeline/runtime/exec/sink_gate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "pipeline/runtime/exec/batch_tally.hpp"
#include "pipeline/runtime/exec/engine.hpp"
#include "tests/unit/pipeline/runtime/exec/fake_sink.hpp"

namespace hiveframe::runtime::test {
namespace {

using namespace std::chrono_literals;

class SinkGateTest : public ::testing::Test {
 protected:
  SinkGateTest() {
    context_.now = [this] { return now_; };
    context_.fail = [this](const std::string& reason) { failure_ = reason; };
    context_.end_quietly = [] {};
    context_.progressed = [] {};
  }

  template <class Answer>
  Answer await(pipeline::Task<Answer> call) {
    std::optional<Answer> answer;
    boost::asio::co_spawn(context_.strand, keep(std::move(call), answer), boost::asio::detached);
    here_.restart();
    here_.run();
    return answer.value();
  }
  WriteAnswer write() {
    auto tally = std::make_shared<BatchTally>(context_, Amount{});
    const auto ticket = std::make_shared<Ticket>(context_.strand, std::move(tally), [](bool) {});
    Request request;
    request.add({{}, ticket, ticket->first_part(), 0, 0, nullptr, {}});
    return await(write(request));
  }
  template <class Kind, class Answer>
  static bool is(const Answer& answer) {
    return std::holds_alternative<Kind>(answer);
  }
  FlushAnswer flush() { return await(gate_.flush(false)); }
  bool open() {
    const int writes = script_.writes;
    const int flushes = script_.flushes;
    const bool refused = is<NotCalled>(write()) && is<NotCalled>(flush());
    return refused && script_.writes == writes && script_.flushes == flushes;
  }
  void open_by_writes() {
    script_.fail_every = 1;
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(is<Failed>(write()));
    EXPECT_TRUE(open());
    script_.fail_every = 0;
  }

  std::chrono::steady_clock::time_point now_{};
  boost::asio::io_context here_;  // its strand is the test's thread
  const PipelineSpec spec_ = [] {
    PipelineSpec spec;
    spec.name = "test";
    spec.sinks.emplace_back().name = "sink";
    spec.circuit_breaker = {
        .failure_threshold = 3, .success_threshold = 2, .timeout = 30s, .half_open_max_calls = 3};
    return spec;
  }();
  RunOptions options_;
  Engine engine_{{.threads = 1, .memory_limit = 1 << 20}};
  RunContext context_{spec_, options_, here_.get_executor(), engine_, engine_.memory()};
  SinkScript script_;
  FakeSink sink_{script_};
  Callee callee_{"sink"};
  SinkGate gate_{context_, spec_.sinks.front(), sink_, callee_, std::make_shared<SinkNumbers>()};
  std::string failure_;

 private:
  template <class Answer>
  static pipeline::Task<void> keep(pipeline::Task<Answer> call, std::optional<Answer>& answer) {
    answer = co_await std::move(call);
  }
  pipeline::Task<WriteAnswer> write(Request& request) {
    WriteAnswer answer = co_await gate_.write(request, {}, 0, false);
    request.settle_owners();
    co_return answer;
  }
};

TEST_F(SinkGateTest, FlushesThatFailOpenItThoughWritesAreTaken) {
  script_.acks_at_flush = true;
  script_.fail_flushes = 3;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(is<Taken>(write()));
    EXPECT_TRUE(is<Taken>(write()));
    EXPECT_TRUE(is<Failed>(flush()));
  }
  EXPECT_TRUE(open());
  now_ += 30s - 1ms;
  EXPECT_TRUE(open());
  now_ += 1ms;
  // Half open: what is only taken does not close it, however often.
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(is<Taken>(write()));
  script_.fail_flushes = 1;
  EXPECT_TRUE(is<Failed>(flush()));
  EXPECT_TRUE(open());
  now_ += 30s;
  EXPECT_TRUE(is<Taken>(write()));
  EXPECT_TRUE(is<Flushed>(flush()));
  const std::uint64_t transitions = gate_.breaker_transitions();
  EXPECT_TRUE(is<Taken>(write()));
  EXPECT_EQ(gate_.breaker_transitions(), transitions + 1) << "the second success closes it";
}

TEST_F(SinkGateTest, AFlushThatWorksEndsARowOfFailures) {
  script_.acks_at_flush = true;
  for (int i = 0; i < 10; ++i) {
    script_.fail_flushes = 2;
    for (int j = 0; j < 2; ++j) {
      EXPECT_TRUE(is<Taken>(write()));
      EXPECT_TRUE(is<Failed>(flush()));
    }
    EXPECT_TRUE(is<Taken>(write()));
    EXPECT_TRUE(is<Flushed>(flush()));
  }
}

TEST_F(SinkGateTest, WritesThatFailOpenItThoughFlushesHaveNothingToDo) {
  EXPECT_TRUE(is<Taken>(write()));
  script_.fail_every = 1;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(is<Flushed>(flush()));
    EXPECT_TRUE(is<Failed>(write()));
  }
  EXPECT_TRUE(open());
  script_.fail_every = 0;
  now_ += 30s;
  const std::uint64_t transitions = gate_.breaker_transitions();
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(is<Flushed>(flush()));
  EXPECT_EQ(gate_.breaker_transitions(), transitions + 1) << "half open, and not closed by nothing";
  EXPECT_TRUE(is<Taken>(write()));
  EXPECT_TRUE(is<Taken>(write()));
  EXPECT_EQ(gate_.breaker_transitions(), transitions + 2);
}

TEST_F(SinkGateTest, FailedWritesAndFlushesMakeOneRow) {
  script_.acks_at_flush = true;
  EXPECT_TRUE(is<Taken>(write()));
  script_.fail_every = 1;
  EXPECT_TRUE(is<Failed>(write()));
  script_.fail_flushes = 1;
  EXPECT_TRUE(is<Failed>(flush()));
  EXPECT_TRUE(is<Failed>(write()));
  EXPECT_TRUE(open());
}

TEST_F(SinkGateTest, OpenedByWritesItKeepsFlushesAwayAndLosesNoAck) {
  script_.acks_at_flush = true;
  EXPECT_TRUE(is<Taken>(write()));
  open_by_writes();
  EXPECT_TRUE(gate_.unflushed()) << "what was taken before is still to be made durable";
  now_ += 30s;
  EXPECT_TRUE(is<Flushed>(flush()));
  EXPECT_FALSE(gate_.unflushed());
}

}  // namespace
}  // namespace hiveframe::runtime::test
