// Which marks sinks get back in the next run, whatever has become of the configuration meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/log_capture.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

using OwnMarks = std::map<std::string, std::string>;

/// What an output is, and what its sink was told when it was opened last. Outlives the pipelines.
struct Output {
  std::string path;
  SinkScript script = {};
  OwnMarks marks = {};
  bool goes_on = true;
  bool completing = false;
  int opened = 0;
  std::string fatal_open = {};
  std::string fatal_completion = {};
  /// Set and stored at open, in place of what is stored.
  std::optional<std::string> mends_to = std::nullopt;
};

/// Marks how many records it has, under its path, as a file would.
class MarkingSink final : public pipeline::Sink {
 public:
  explicit MarkingSink(Output& output) : output_(output), inner_(output.script) {
    output_.script.cancelled = false;
  }

  pipeline::SinkTraits traits() const override { return inner_.traits(); }
  std::string identity() const override { return output_.path; }
  pipeline::Task<void> open(pipeline::SinkContext context) override {
    ++output_.opened;
    output_.marks = context.stored_marks;
    output_.goes_on = context.goes_on;
    output_.completing = context.completing;
    marks_ = context.marks;
    if (output_.mends_to) {
      marks_->set("mended", *output_.mends_to);
      co_await marks_->store();
    }
    if (!output_.fatal_open.empty())
      throw pipeline::Fatal({"open", output_.path, output_.fatal_open, "wait"});
    co_await inner_.open(std::move(context));
  }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    const std::size_t records = output_.script.received.size() + request.records();
    marks_->set("records", std::to_string(records));
    co_return co_await inner_.write(request);
  }
  pipeline::Task<void> flush() override { return inner_.flush(); }
  pipeline::Task<void> complete() override {
    if (!output_.fatal_completion.empty())
      throw pipeline::Fatal({"publish", output_.path, output_.fatal_completion, "make it writable"});
    co_await inner_.complete();
  }
  pipeline::Task<void> close() override { return inner_.close(); }
  void cancel() noexcept override { inner_.cancel(); }

 private:
  Output& output_;
  FakeSink inner_;
  pipeline::ResumeMarks* marks_ = nullptr;
};

class ResumedMarksTest : public PipelineTest {
 protected:
  ResumedMarksTest() { source_.endless = true; }

  static SinkSpec sink(const std::string& name, Output& output) {
    SinkSpec spec;
    spec.name = name;
    spec.make = [&output] { return std::make_unique<MarkingSink>(output); };
    return spec;
  }
  void write_to(std::vector<Output*> outputs) {
    spec_.sinks.clear();
    for (Output* output : outputs)
      spec_.sinks.push_back(sink("sinks[" + std::to_string(spec_.sinks.size()) + "]", *output));
  }
  void letters_to(Output& output) {
    spec_.on_error = OnError::dead_letter;
    spec_.dead_letter = sink("dead_letter", output);
  }
  /// Until all that there is so far is stored as durable, which is the state a kill would leave.
  void run_a_while() {
    source_.committed = 0;
    const Status status = run([this](Pipeline& pipeline) {
      await(
          [&] { return source_.committed == source_.records_per_lane || is_final(pipeline.status().state); });
      pipeline.stop();
    });
    ASSERT_EQ(status.state, State::stopped) << status.reason;
  }
  /// So that something is read in every run.
  void more() { source_.records_per_lane += 100; }

  LogCapture log_;
  Output a_{.path = "/out/a.ndjson"};
  Output b_{.path = "/out/b.ndjson"};
};

TEST_F(ResumedMarksTest, ASinkKeepsItsMarksWhereverItStands) {
  write_to({&a_});
  run_a_while();
  EXPECT_THAT(a_.marks, IsEmpty());
  write_to({&b_, &a_});
  more();
  run_a_while();
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "100")));
  EXPECT_THAT(b_.marks, IsEmpty()) << "not those of the sink that stood there";
  EXPECT_TRUE(a_.goes_on);
  write_to({&a_, &b_});
  more();
  run_a_while();
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "200")));
  EXPECT_THAT(b_.marks, ElementsAre(Pair("records", "100")));
}

TEST_F(ResumedMarksTest, SoDoesTheSinkOfDeadLettersThatBecomesAnother) {
  write_to({&a_});
  letters_to(b_);
  source_.refuse = {7, 107};
  run_a_while();
  write_to({&b_});
  letters_to(a_);
  more();
  run_a_while();
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "99")));
  EXPECT_THAT(b_.marks, ElementsAre(Pair("records", "1")));
}

TEST_F(ResumedMarksTest, SinksOfOneIdentityAreToldApartByTheirOrder) {
  Output again{.path = a_.path};
  write_to({&a_, &b_, &again});
  run_a_while();
  a_.script.received.clear();
  write_to({&a_, &again, &b_});
  more();
  run_a_while();
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "100")));
  EXPECT_THAT(again.marks, ElementsAre(Pair("records", "100")));
  write_to({&b_, &a_, &again});
  more();
  run_a_while();
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "100")));
  EXPECT_THAT(again.marks, ElementsAre(Pair("records", "200")));
}

TEST_F(ResumedMarksTest, ASinkThatIsNotThereAnyMoreStopsTheRun) {
  write_to({&a_, &b_});
  run_a_while();
  more();
  Output c{.path = "/out/c.ndjson"};
  write_to({&c, &b_});
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_EQ(
      status.reason,
      "cannot go on with pipeline 'test': an earlier run wrote to /out/a.ndjson, where none of its sinks "
      "writes now; put the sink back, or run once with --from-start: everything is read again");
  EXPECT_EQ(c.opened, 0);
  EXPECT_EQ(b_.opened, 1) << "only by the first run";
  // Put back, it goes on.
  write_to({&b_, &c, &a_});
  run_a_while();
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "100")));
  EXPECT_EQ(a_.script.received.size(), 200u);
}

TEST_F(ResumedMarksTest, OfTwoOfOneIdentityOneIsGone) {
  Output again{.path = a_.path};
  write_to({&a_, &again});
  run_a_while();
  write_to({&a_});
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("/out/a.ndjson (sink 2 of those that write there)"));
}

TEST_F(ResumedMarksTest, StartingOverHandsThemOutOnceToBeMended) {
  write_to({&a_});
  run_a_while();
  options_.from_start = true;
  a_.mends_to = "no half line";
  run_a_while();
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "100")));
  EXPECT_FALSE(a_.goes_on);
  EXPECT_EQ(a_.script.received.size(), 200u) << "all of it came again";
  options_.from_start = false;
  more();
  run_a_while();
  EXPECT_TRUE(a_.goes_on);
  EXPECT_THAT(a_.marks, ElementsAre(Pair("mended", "no half line"), Pair("records", "200")));
}

TEST_F(ResumedMarksTest, WhatIsNotMarkedAnewIsForgotten) {
  write_to({&a_, &b_});
  run_a_while();
  options_.from_start = true;
  a_.mends_to = "no half line";
  // Nothing is read, so nothing else is marked.
  source_.records_per_lane = 0;
  run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().state == State::running; });
    pipeline.stop();
  });
  EXPECT_FALSE(b_.goes_on);
  options_.from_start = false;
  a_.mends_to.reset();
  more();
  run_a_while();
  EXPECT_TRUE(a_.goes_on);
  EXPECT_THAT(a_.marks, ElementsAre(Pair("mended", "no half line")));
  EXPECT_THAT(b_.marks, IsEmpty());
}

TEST_F(ResumedMarksTest, EndedBeforeAllHaveMendedTheirsTheNextRunDoesIt) {
  write_to({&a_, &b_});
  run_a_while();
  options_.from_start = true;
  a_.mends_to = "no half line";
  b_.fatal_open = "not now";
  EXPECT_EQ(run().state, State::failed);
  // Though it is not told to start over again.
  options_.from_start = false;
  a_.mends_to.reset();
  b_.fatal_open.clear();
  source_.identity = "another, from its beginning";
  run_a_while();
  EXPECT_FALSE(a_.goes_on);
  EXPECT_FALSE(b_.goes_on);
  EXPECT_THAT(a_.marks, ElementsAre(Pair("mended", "no half line"), Pair("records", "100")));
  EXPECT_THAT(b_.marks, ElementsAre(Pair("records", "100")));
  EXPECT_EQ(b_.script.received.size(), 200u) << "all of it came again";
}

TEST_F(ResumedMarksTest, StartingOverWithoutASinkSaysThatItsOutputStays) {
  write_to({&a_, &b_});
  run_a_while();
  options_.from_start = true;
  write_to({&b_});
  run_a_while();
  EXPECT_THAT(log_.lines(),
              Contains(AllOf(HasSubstr("/out/a.ndjson"), HasSubstr("what it left there stays"))));
  // And that is forgotten.
  options_.from_start = false;
  more();
  run_a_while();
  EXPECT_EQ(b_.script.received.size(), 300u);
}

// What was read to its end and not published yet

class UnpublishedTest : public ResumedMarksTest {
 protected:
  UnpublishedTest() {
    source_.endless = false;
    write_to({&a_, &b_});
    a_.fatal_completion = "permission denied";
    EXPECT_EQ(run().state, State::failed);
    a_.fatal_completion.clear();
  }
};

TEST_F(UnpublishedTest, TheNextRunPublishesItAndReadsNothing) {
  write_to({&b_, &a_});
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 0u);
  EXPECT_TRUE(a_.completing);
  EXPECT_THAT(a_.marks, ElementsAre(Pair("records", "100")));
  EXPECT_EQ(a_.script.completions, 1);
}

TEST_F(UnpublishedTest, AnotherSourceIsNotTakenForRead) {
  source_.identity = "other";
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, AllOf(HasSubstr("has read fake to its end"),
                                   HasSubstr("the source is now other"), HasSubstr("--from-start")));
  EXPECT_EQ(a_.opened, 1) << "only by the first run";
  EXPECT_EQ(a_.script.completions, 0);
  // The output is given up for it.
  options_.from_start = true;
  const Status over = run();
  EXPECT_EQ(over.state, State::finished) << over.reason;
  EXPECT_EQ(over.read, 100u);
  EXPECT_FALSE(a_.goes_on);
  EXPECT_FALSE(a_.completing);
}

TEST_F(UnpublishedTest, AnOutputIsNotForgotten) {
  write_to({&b_});
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, AllOf(HasSubstr("/out/a.ndjson"), Not(HasSubstr("/out/b.ndjson"))));
  EXPECT_EQ(b_.script.completions, 0);
}

}  // namespace
}  // namespace hiveframe::runtime::test
