// Calls of sources and sinks that do not return, whatever they are told: the run ends without them, and what
// returns long after finds everything it refers to.

#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

#include "pipeline/blocking_thread.hpp"
#include "pipeline/runtime/exec/memory_budget.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// One call that hangs on a thread of its own until it is released.
class Hang {
 public:
  void at(std::string call) { call_ = std::move(call); }
  /// Only from the so manieth call of this name on.
  void not_before(int number) { first_ = number; }

  pipeline::Task<void> pass(pipeline::BlockingThread& thread, std::string_view call) {
    if (call != call_ || ++calls_ < first_) co_return;
    auto wait = [this] {
      std::unique_lock lock(mutex_);
      felt_ = true;
      released_signal_.wait(lock, [this] { return released_; });
    };
    co_await thread.run(wait);
  }

  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    released_signal_.notify_all();
  }
  [[nodiscard]] bool felt() const { return felt_; }

  std::atomic<int> destroyed{0};  // sources and sinks

 private:
  std::string call_;
  int first_ = 1;
  int calls_ = 0;
  std::atomic<bool> felt_{false};
  std::mutex mutex_;
  std::condition_variable released_signal_;
  bool released_ = false;
};

class HangingSink final : public pipeline::Sink {
 public:
  HangingSink(SinkScript& script, Hang& hang) : inner_(script), hang_(hang) {}
  ~HangingSink() override { ++hang_.destroyed; }

  pipeline::SinkTraits traits() const override { return inner_.traits(); }
  pipeline::Task<void> open(pipeline::SinkContext context) override {
    co_await hang_.pass(thread_, "sink open");
    co_await inner_.open(std::move(context));
  }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    co_await hang_.pass(thread_, "write");
    co_return co_await inner_.write(request);
  }
  pipeline::Task<void> flush() override {
    co_await hang_.pass(thread_, "flush");
    co_await inner_.flush();
  }
  pipeline::Task<void> complete() override {
    co_await hang_.pass(thread_, "complete");
    co_await inner_.complete();
  }
  pipeline::Task<void> close() override {
    co_await hang_.pass(thread_, "sink close");
    co_await inner_.close();
  }
  void cancel() noexcept override {}

 private:
  FakeSink inner_;
  Hang& hang_;
  pipeline::BlockingThread thread_;
};

class HangingLane final : public pipeline::Lane {
 public:
  HangingLane(std::unique_ptr<pipeline::Lane> inner, Hang& hang) : inner_(std::move(inner)), hang_(hang) {}

  const std::string& id() const noexcept override { return inner_->id(); }
  pipeline::Task<void> seek(std::optional<pipeline::Position> position) override {
    co_await hang_.pass(thread_, "seek");
    co_await inner_->seek(std::move(position));
  }
  pipeline::Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override {
    co_await hang_.pass(thread_, "read");
    co_return co_await inner_->read(limits);
  }
  pipeline::Position position_of(const record::Storage& storage,
                                 const record::Record& record) const override {
    return inner_->position_of(storage, record);
  }
  std::string place_of(const record::Storage& storage, const record::Record& record) const override {
    return inner_->place_of(storage, record);
  }

 private:
  std::unique_ptr<pipeline::Lane> inner_;
  Hang& hang_;
  pipeline::BlockingThread thread_;
};

class HangingSource final : public pipeline::Source {
 public:
  HangingSource(SourceScript& script, Hang& hang) : inner_(script), hang_(hang) {}
  ~HangingSource() override { ++hang_.destroyed; }

  pipeline::SourceTraits traits() const noexcept override { return inner_.traits(); }
  std::string identity() const override { return inner_.identity(); }
  const codec::Format* format() const noexcept override { return inner_.format(); }
  pipeline::Task<void> open(pipeline::SourceContext context) override {
    co_await hang_.pass(thread_, "source open");
    co_await inner_.open(std::move(context));
  }
  pipeline::Task<pipeline::LaneEvent> next() override {
    co_await hang_.pass(thread_, "next");
    pipeline::LaneEvent event = co_await inner_.next();
    if (auto* opened = std::get_if<pipeline::LaneOpened>(&event)) {
      opened->lane = std::make_unique<HangingLane>(std::move(opened->lane), hang_);
    }
    co_return event;
  }
  pipeline::Task<void> commit(std::vector<pipeline::LanePosition> positions) override {
    co_await hang_.pass(thread_, "commit");
    co_await inner_.commit(std::move(positions));
  }
  pipeline::Task<void> close() override {
    co_await hang_.pass(thread_, "source close");
    co_await inner_.close();
  }
  void cancel() noexcept override { inner_.cancel(); }

 private:
  FakeSource inner_;
  Hang& hang_;
  pipeline::BlockingThread thread_;
};

struct HangingCall {
  const char* call;
  int number;          // which call of it hangs first
  const char* reason;  // what is said of it
};

std::ostream& operator<<(std::ostream& out, const HangingCall& call) { return out << call.call; }

class LeftBehindTest : public PipelineTest {
 protected:
  LeftBehindTest() {
    spec_.source = [this] { return std::make_unique<HangingSource>(source_, hang_); };
    spec_.sinks.front().make = [this] { return std::make_unique<HangingSink>(sink_, hang_); };
    spec_.sinks.front().display = "fake://sink";
    options_.shutdown_timeout = 50ms;
    options_.cancel_grace = 300ms;
  }

  /// Runs until the call hangs, then stops.
  Status run_into(Engine& engine) {
    Pipeline pipeline(spec_, options_, engine);
    std::promise<void> ended;
    pipeline.start([&ended] { ended.set_value(); });
    await([&] { return hang_.felt(); });
    pipeline.stop();
    EXPECT_EQ(ended.get_future().wait_for(patience), std::future_status::ready)
        << "the pipeline hangs: " << described(pipeline.status());
    return pipeline.status();
  }

  Hang hang_;
};

class HangingCallTest : public LeftBehindTest, public ::testing::WithParamInterface<HangingCall> {};

TEST_P(HangingCallTest, TheRunEndsAndNamesIt) {
  hang_.at(GetParam().call);
  hang_.not_before(GetParam().number);
  sink_.acks_at_flush = true;
  Engine engine({.threads = 3, .memory_limit = memory_limit_});
  const auto before = std::chrono::steady_clock::now();
  const Status status = run_into(engine);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 20s);
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr(GetParam().reason));
  EXPECT_THAT(status.reason, HasSubstr("was left behind"));
  EXPECT_EQ(engine.detached(), 1u);
  EXPECT_EQ(hang_.destroyed, 0);

  // The lock of the state and everything else were let go of, so the pipeline may run again meanwhile, and
  // finds what was stored.
  Hang none;
  SinkScript second;
  SourceScript again;
  spec_.source = [&] { return std::make_unique<HangingSource>(again, none); };
  spec_.sinks.front().make = [&] { return std::make_unique<HangingSink>(second, none); };
  {
    Pipeline pipeline(spec_, options_, engine);
    std::promise<void> ended;
    pipeline.start([&ended] { ended.set_value(); });
    ASSERT_EQ(ended.get_future().wait_for(patience), std::future_status::ready);
    EXPECT_EQ(pipeline.status().state, State::finished) << pipeline.status().reason;
  }
  const std::vector<Received> first = sink_.received;

  hang_.release();
  await([&] { return engine.detached() == 0; });
  await([&] { return hang_.destroyed >= 1; });
  EXPECT_EQ(engine.memory().held(), 0u);

  // Nothing is missing, though some may be there twice.
  std::vector<Received> all = first;
  all.insert(all.end(), second.received.begin(), second.received.end());
  const auto has = [&all](const Received& each) { return std::count(all.begin(), all.end(), each) != 0; };
  for (const Received& each : expected())
    EXPECT_TRUE(has(each)) << each.id;
}

TEST_P(HangingCallTest, TheProcessEndsWithoutIt) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "what is left behind is a leak, and meant to be";
#endif
  hang_.at(GetParam().call);
  hang_.not_before(GetParam().number);
  sink_.acks_at_flush = true;
  {
    Engine engine({.threads = 3, .memory_limit = memory_limit_});
    EXPECT_EQ(run_into(engine).state, State::failed);
  }
  EXPECT_EQ(hang_.destroyed, 0);
  // Its thread comes back to an engine that is gone, and says so to nobody.
  hang_.release();
}

INSTANTIATE_TEST_SUITE_P(
    Calls, HangingCallTest,
    ::testing::Values(
        HangingCall{"source open", 1, "source fake did not answer a call to open it for "},
        HangingCall{"sink open", 1, "sinks[0] fake://sink did not answer a call to open it for "},
        HangingCall{"next", 1, "source fake did not answer a question for its next lane for "},
        HangingCall{"seek", 1, "source fake did not answer a call to seek for "},
        HangingCall{"read", 1, "source fake did not answer a read for "},
        HangingCall{"read", 4, "source fake did not answer a read for "},
        HangingCall{"commit", 1, "source fake did not answer a commit for "},
        HangingCall{"write", 1, "sinks[0] fake://sink did not answer a write for "},
        HangingCall{"write", 3, "sinks[0] fake://sink did not answer a write for "},
        HangingCall{"flush", 1, "sinks[0] fake://sink did not answer a flush for "},
        HangingCall{"complete", 1, "sinks[0] fake://sink did not answer a call to publish for "},
        HangingCall{"sink close", 1, "sinks[0] fake://sink did not answer a call to close for "},
        HangingCall{"source close", 1, "source fake did not answer a call to close for "}));

TEST_F(LeftBehindTest, WhatWasDurableIsStoredThoughTheNextWriteHangs) {
  hang_.at("write");
  hang_.not_before(4);
  options_.commit_interval = 10min;
  Engine engine({.threads = 3, .memory_limit = memory_limit_});
  EXPECT_EQ(run_into(engine).state, State::failed);
  const std::size_t durable = sink_.received.size();
  EXPECT_GE(durable, 30u);

  Hang none;
  SinkScript second;
  SourceScript again;
  spec_.source = [&] { return std::make_unique<HangingSource>(again, none); };
  spec_.sinks.front().make = [&] { return std::make_unique<HangingSink>(second, none); };
  EXPECT_EQ(run().state, State::finished);
  EXPECT_EQ(second.received.size(), 100u - durable);
  hang_.release();
  await([&] { return engine.detached() == 0; });
}

TEST_F(LeftBehindTest, TheOtherSinksAreClosed) {
  Hang other;
  SinkScript other_script;
  add_sink(other_script);
  spec_.sinks.back().make = [&] { return std::make_unique<HangingSink>(other_script, other); };
  hang_.at("write");
  Engine engine({.threads = 3, .memory_limit = memory_limit_});
  other.at("none");
  const Status status = run_into(engine);
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, ::testing::Not(HasSubstr("sinks[1]")));
  hang_.release();
  await([&] { return engine.detached() == 0 && other.destroyed == 1 && hang_.destroyed == 2; });
}

TEST_F(LeftBehindTest, ItsStatusDoesNotChangeAnyMore) {
  hang_.at("write");
  Engine engine({.threads = 3, .memory_limit = memory_limit_});
  Pipeline pipeline(spec_, options_, engine);
  std::promise<void> ended;
  pipeline.start([&ended] { ended.set_value(); });
  await([&] { return hang_.felt(); });
  pipeline.stop();
  ASSERT_EQ(ended.get_future().wait_for(patience), std::future_status::ready);
  const Status before = pipeline.status();
  EXPECT_GT(before.abandoned, 0u);
  hang_.release();
  await([&] { return engine.detached() == 0; });
  EXPECT_GT(sink_.received.size(), 0u);
  const Status after = pipeline.status();
  EXPECT_EQ(after.sinks[0].written, before.sinks[0].written);
  EXPECT_EQ(after.read, before.read);
  EXPECT_EQ(after.reason, before.reason);
}

}  // namespace
}  // namespace hiveframe::runtime::test
