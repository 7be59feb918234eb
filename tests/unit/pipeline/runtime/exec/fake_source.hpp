#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/errors.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime::test {

/// What a FakeSource gives, and what it saw: outlives the pipeline, read by the test when that has ended.
struct SourceScript {
  std::string identity = "fake";
  std::size_t lanes = 1;
  std::int64_t records_per_lane = 100;
  std::int64_t last_lane_has_more = 0;  ///< records beyond those
  std::size_t batch = 10;               ///< records a read brings
  bool replayable = true;
  bool position_at_source = false;
  bool endless = false;              ///< after its records a lane waits until it is cancelled
  int fail_opens = 0;                ///< open() throws Retryable so often first
  int fail_reads = 0;                ///< so do the reads
  std::string fatal_after;           ///< lane 0 ends with Fatal of this text instead of an end
  bool fatal_commit = false;         ///< commit() throws Fatal
  int fail_commits = 0;              ///< commit() throws Retryable so often first
  std::vector<std::int64_t> refuse;  ///< ids that the source itself refuses, on lane 0
  bool refused_beside = false;       ///< and they do not count among the records that a read is to bring
  std::atomic<std::size_t> at_a_time{
      SIZE_MAX};  ///< lanes that are read side by side; the next one opens when one ends

  std::atomic<pipeline::Report*> report{nullptr};  ///< once it is open
  std::atomic<int> seeks{0};
  std::atomic<int> reads{0};
  std::atomic<std::size_t> lanes_being_read{0};
  std::atomic<std::size_t> lanes_held{0};  ///< opened, and not destroyed yet
  std::atomic<std::size_t> most_lanes_held{0};
  std::atomic<std::int64_t> committed{0};  ///< the position committed last, of whichever lane
  std::vector<pipeline::LanePosition> commits;
  std::vector<std::pair<std::string, pipeline::Position>> sought;  ///< with a position, in order
};

/// A lane of records {lane, id}, with trees; its position is the next id in decimal.
class FakeLane final : public pipeline::Lane {
 public:
  FakeLane(SourceScript& script, std::size_t number, std::shared_ptr<std::atomic<bool>> cancelled)
      : script_(script),
        number_(number),
        id_("lane-" + std::to_string(number)),
        records_(script.records_per_lane + (number + 1 == script.lanes ? script.last_lane_has_more : 0)),
        cancelled_(std::move(cancelled)) {
    ++script_.lanes_being_read;
    // Lanes are made on the strand only.
    script_.most_lanes_held = std::max<std::size_t>(script_.most_lanes_held, ++script_.lanes_held);
  }
  ~FakeLane() override {
    let_go();
    --script_.lanes_held;
  }

  const std::string& id() const noexcept override { return id_; }

  pipeline::Task<void> seek(std::optional<pipeline::Position> position) override {
    ++script_.seeks;
    next_ = 0;
    if (position) {
      std::from_chars(position->data(), position->data() + position->size(), next_);
      script_.sought.emplace_back(id_, *position);
    }
    co_return;
  }

  pipeline::Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override {
    ++script_.reads;
    if (script_.fail_reads > 0) {
      --script_.fail_reads;
      throw pipeline::Retryable({"read", id_, "scripted", ""});
    }
    pipeline::ReadBatch batch;
    batch.storage = std::make_unique<record::Storage>();
    const std::size_t wanted = std::min(script_.batch, limits.records);
    const auto end = std::min<std::int64_t>(records_, next_ + static_cast<std::int64_t>(wanted));
    if (next_ == end && script_.endless) {
      boost::asio::steady_timer poll(co_await boost::asio::this_coro::executor);
      while (!*cancelled_ && !std::exchange(stop_waiting_, false)) {
        poll.expires_after(std::chrono::milliseconds(1));
        co_await poll.async_wait(boost::asio::use_awaitable);
      }
    }
    if (*cancelled_) {
      batch.end = std::to_string(next_);
      co_return batch;
    }
    if (next_ == end && number_ == 0 && !script_.fatal_after.empty()) {
      throw pipeline::Fatal({"read", id_, script_.fatal_after, ""});
    }
    const auto enough = [&] {
      return script_.refused_beside ? batch.storage->records.size() >= wanted : next_ == end;
    };
    for (; next_ < records_ && !enough(); ++next_)
      add(batch);
    batch.end = std::to_string(next_);
    batch.end_of_lane =
        next_ == records_ && !script_.endless && (number_ != 0 || script_.fatal_after.empty());
    if (batch.end_of_lane) let_go();
    co_return batch;
  }

  void stop_waiting() noexcept override { stop_waiting_ = true; }

  pipeline::Position position_of(const record::Storage&, const record::Record& record) const override {
    return std::to_string(record.value.find("id")->as_int64());
  }
  std::string place_of(const record::Storage&, const record::Record& record) const override {
    return id_ + " record " + std::to_string(record.value.find("id")->as_int64());
  }

 private:
  void let_go() {
    if (std::exchange(being_read_, false)) --script_.lanes_being_read;
  }
  void add(pipeline::ReadBatch& batch) {
    if (number_ == 0 && std::count(script_.refuse.begin(), script_.refuse.end(), next_) != 0) {
      batch.refused.push_back({{record::DataError::Type::length, "too long"},
                               id_ + " record " + std::to_string(next_),
                               "head of " + std::to_string(next_),
                               1000,
                               "abc",
                               std::to_string(next_),
                               batch.storage->records.size()});
      return;
    }
    record::Arena& arena = batch.storage->arena;
    const auto members = arena.array<record::Member>(2);
    members[0] = {"lane", record::Value::int64(static_cast<std::int64_t>(number_))};
    members[1] = {"id", record::Value::int64(next_)};
    record::Record record;
    record.value = record::Value::object(members);
    record.tree = true;
    record.original = arena.copy("original " + std::to_string(next_));
    batch.storage->records.push_back(record);
  }

  SourceScript& script_;
  std::size_t number_;
  std::string id_;
  std::int64_t records_;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  std::int64_t next_ = 0;
  bool being_read_ = true;
  bool stop_waiting_ = false;
};

class FakeSource final : public pipeline::Source {
 public:
  explicit FakeSource(SourceScript& script) : script_(script) {}

  pipeline::SourceTraits traits() const noexcept override {
    return {.replayable = script_.replayable,
            .keeps_position = script_.replayable,
            .position_at_source = script_.position_at_source};
  }
  std::string identity() const override { return script_.identity; }
  const codec::Format* format() const noexcept override { return nullptr; }

  pipeline::Task<void> open(pipeline::SourceContext context) override {
    script_.report = context.report;
    if (script_.fail_opens > 0) {
      --script_.fail_opens;
      throw pipeline::Retryable({"open", "the fake source", "scripted", ""});
    }
    co_return;
  }
  pipeline::Task<pipeline::LaneEvent> next() override {
    boost::asio::steady_timer poll(co_await boost::asio::this_coro::executor);
    while (script_.lanes_being_read >= script_.at_a_time && !*cancelled_) {
      poll.expires_after(std::chrono::milliseconds(1));
      co_await poll.async_wait(boost::asio::use_awaitable);
    }
    if (opened_ == script_.lanes || *cancelled_) co_return pipeline::NoMoreLanes{};
    co_return pipeline::LaneOpened{std::make_unique<FakeLane>(script_, opened_++, cancelled_)};
  }
  pipeline::Task<void> commit(std::vector<pipeline::LanePosition> positions) override {
    if (script_.fatal_commit) throw pipeline::Fatal({"commit to", "the fake source", "commit refused", ""});
    if (script_.fail_commits > 0) {
      --script_.fail_commits;
      throw pipeline::Retryable({"commit to", "the fake source", "scripted", ""});
    }
    for (auto& each : positions) {
      script_.committed = std::stoll(each.position);
      script_.commits.push_back(std::move(each));
    }
    co_return;
  }
  pipeline::Task<void> close() override { co_return; }
  void cancel() noexcept override { *cancelled_ = true; }

 private:
  SourceScript& script_;
  std::size_t opened_ = 0;
  std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace hiveframe::runtime::test
