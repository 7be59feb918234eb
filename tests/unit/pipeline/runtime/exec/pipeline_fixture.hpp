#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/runtime/exec/pipeline.hpp"
#include "pipeline/transform.hpp"
#include "tests/unit/pipeline/runtime/exec/fake_sink.hpp"
#include "tests/unit/pipeline/runtime/exec/fake_source.hpp"

namespace hiveframe::runtime::test {

/// Rejects or drops records by their id.
class ById final : public pipeline::Transform {
 public:
  ById(pipeline::Verdict verdict, std::function<bool(std::int64_t)> picks)
      : verdict_(verdict), picks_(std::move(picks)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    const std::int64_t id = draft.value().find("id")->as_int64();
    if (!picks_(id)) return pipeline::Verdict::keep;
    error = {record::DataError::Type::value, "picked " + std::to_string(id)};
    return verdict_;
  }

 private:
  pipeline::Verdict verdict_;
  std::function<bool(std::int64_t)> picks_;
};

class PipelineTest : public ::testing::Test {
 public:
  ~PipelineTest() override { std::filesystem::remove_all(folder_); }

 protected:
  PipelineTest() {
    char name[] = "/tmp/hiveframe-exec-XXXXXX";
    folder_ = mkdtemp(name);
    spec_.name = "test";
    spec_.source_display = "fake";
    spec_.source = [this] { return std::make_unique<FakeSource>(source_); };
    add_sink(sink_);
    spec_.retry.base_delay = std::chrono::milliseconds(1);
    spec_.retry.max_delay = std::chrono::milliseconds(5);
    spec_.circuit_breaker.timeout = std::chrono::milliseconds(5);
    options_.state_dir = folder_;
    options_.commit_interval = std::chrono::milliseconds(5);
    options_.shutdown_timeout = std::chrono::seconds(60);
  }

  void add_sink(SinkScript& script) {
    SinkSpec sink;
    sink.name = "sinks[" + std::to_string(spec_.sinks.size()) + "]";
    sink.make = [&script] { return std::make_unique<FakeSink>(script); };
    spec_.sinks.push_back(std::move(sink));
  }
  void add_dead_letters() {
    spec_.on_error = OnError::dead_letter;
    SinkSpec sink;
    sink.name = "dead_letter";
    sink.make = [this] { return std::make_unique<FakeSink>(letters_); };
    spec_.dead_letter = std::move(sink);
  }
  void add_transform(pipeline::Verdict verdict, std::function<bool(std::int64_t)> picks) {
    spec_.transforms.push_back({"transforms[0] by_id", std::make_shared<ById>(verdict, std::move(picks))});
  }

  /// Runs to the end; `meanwhile` is called when it has started.
  Status run(const std::function<void(Pipeline&)>& meanwhile = nullptr) {
    Engine engine({.threads = 3, .memory_limit = memory_limit_});
    Pipeline pipeline(spec_, options_, engine);
    std::promise<void> ended;
    pipeline.start([&ended] { ended.set_value(); });
    if (meanwhile) meanwhile(pipeline);
    EXPECT_EQ(ended.get_future().wait_for(patience), std::future_status::ready)
        << "the pipeline hangs: " << described(pipeline.status());
    return pipeline.status();
  }

  static std::string described(const Status& status) {
    std::string text = std::string(to_string(status.state)) + " read " + std::to_string(status.read) +
                       " rewinds " + std::to_string(status.rewinds) + " memory " +
                       std::to_string(status.memory);
    for (const SinkStatus& sink : status.sinks)
      text += ", " + sink.name + " " + std::to_string(sink.written);
    for (const LaneStatus& lane : status.lanes)
      text += ", " + lane.id + " at " + lane.position;
    return text;
  }

  /// Until the condition holds, which may be after the pipeline's end.
  static void await(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_TRUE(condition());
  }

  std::vector<Received> expected() const {
    std::vector<Received> all;
    for (std::size_t lane = 0; lane < source_.lanes; ++lane) {
      for (std::int64_t id = 0; id < source_.records_per_lane; ++id) {
        all.push_back({static_cast<std::int64_t>(lane), id});
      }
    }
    return all;
  }
  static std::vector<Received> sorted(std::vector<Received> records) {
    std::sort(records.begin(), records.end());
    return records;
  }
  /// Every record exactly once, in order within its lane.
  void expect_all_once_in_order(const SinkScript& sink) const {
    EXPECT_EQ(sorted(sink.received), expected());
    expect_order(sink);
  }
  /// The first sight of each record is in order within its lane.
  static void expect_order(const SinkScript& sink) {
    std::map<std::int64_t, std::int64_t> highest;
    for (const Received& each : sink.received) {
      const auto [at, is_new] = highest.try_emplace(each.lane, -1);
      if (each.id <= at->second) continue;  // a repeat
      ASSERT_EQ(each.id, at->second + 1) << "a record of lane " << each.lane << " came too early";
      at->second = each.id;
    }
  }

  /// For what happens in milliseconds, on a machine that does other work.
  static constexpr std::chrono::seconds patience{60};

  std::filesystem::path folder_;
  std::uint64_t memory_limit_ = 64ULL << 20;
  SourceScript source_;
  SinkScript sink_;
  SinkScript letters_;
  PipelineSpec spec_;
  RunOptions options_;
};

}  // namespace hiveframe::runtime::test
