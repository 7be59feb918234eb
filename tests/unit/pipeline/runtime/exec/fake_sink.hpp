#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/errors.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::runtime::test {

struct Received {
  std::int64_t lane;
  std::int64_t id;
  auto operator<=>(const Received&) const = default;
};

/// What a FakeSink does, and what it got: outlives the pipeline.
struct SinkScript {
  std::atomic<int> fail_every{0};  ///< each n-th write throws Retryable, having written nothing
  bool outcome_unknown = false;    ///< and says so
  int fail_opens = 0;
  int fail_flushes = 0;  ///< so many flushes drop their acks and throw Retryable
  bool acks_at_flush = false;
  bool half_acks = false;                          ///< drops the ack of the first write after it was taken
  std::function<bool(const Received&)> reject;     ///< refused one by one
  std::function<bool(const Received&)> bad_batch;  ///< makes the whole request refused
  std::string fatal;                               ///< every write throws Fatal of this text
  bool closed = false;                             ///< every write throws Closed
  std::atomic<bool> stalled{false};                ///< writes wait until it is false, or cancel()
  std::atomic<std::size_t> stall_after{SIZE_MAX};  ///< so do those that come when it has so many records
  std::size_t concurrency = 1;
  std::size_t batch_records = 0;

  std::atomic<int> writes{0};
  std::atomic<int> flushes{0};
  std::atomic<int> completions{0};
  std::function<void()> at_completion;  ///< while it publishes
  std::atomic<bool> stall_felt{false};
  std::atomic<int> overlapping{0};  ///< writes that found another one under way
  std::atomic<bool> cancelled{false};
  std::atomic<std::size_t> received_count{0};
  std::vector<Received> received;                ///< by answered writes, in order
  std::vector<std::string> letters;              ///< values that are no fake records, as their "original"
  std::map<std::string, std::int64_t> attempts;  ///< that letters tell of, by the same
  std::vector<std::int64_t> letter_seconds;      ///< when letters say they were written
  std::size_t largest_request = 0;
};

class FakeSink final : public pipeline::Sink {
 public:
  explicit FakeSink(SinkScript& script) : script_(script) {}

  pipeline::SinkTraits traits() const override {
    pipeline::SinkTraits traits;
    traits.concurrency = script_.concurrency;
    traits.batch_records = script_.batch_records;
    return traits;
  }

  pipeline::Task<void> open(pipeline::SinkContext) override {
    if (script_.fail_opens > 0) {
      --script_.fail_opens;
      throw pipeline::Retryable({"open", "the fake sink", "scripted", ""});
    }
    co_return;
  }

  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    const int number = ++script_.writes;
    if (script_.closed) throw pipeline::Closed("the fake sink");
    if (!script_.fatal.empty()) throw pipeline::Fatal({"write to", "the fake sink", script_.fatal, ""});
    if (under_way_++ != 0) ++script_.overlapping;
    co_await wait_while_stalled();
    --under_way_;
    if (script_.cancelled) throw pipeline::Retryable({"write to", "the fake sink", "cancelled", ""});
    if (script_.fail_every != 0 && number % script_.fail_every == 0) {
      throw pipeline::Retryable({"write to", "the fake sink", "scripted", ""}, script_.outcome_unknown);
    }
    script_.largest_request = std::max(script_.largest_request, request.records());
    std::vector<Received> taken;
    std::vector<pipeline::Rejection> rejections;
    std::size_t index = 0;
    for (const record::Slice& slice : request.slices) {
      for (std::size_t i = 0; i < slice.size(); ++i, ++index) {
        const record::Value& value = slice[i].value;
        if (value.find("id") == nullptr || !value.find("id")->is(record::Kind::int64)) {
          script_.letters.emplace_back(value.find("original")->text());
          script_.attempts[script_.letters.back()] = value.find("attempts")->as_int64();
          script_.letter_seconds.push_back(value.find("time")->seconds());
          continue;
        }
        const Received each{value.find("lane")->as_int64(), value.find("id")->as_int64()};
        if (script_.bad_batch && script_.bad_batch(each)) {
          throw pipeline::BadBatch({record::DataError::Type::rejected, "bad " + std::to_string(each.id)});
        }
        if (script_.reject && script_.reject(each)) {
          rejections.push_back({index, {record::DataError::Type::rejected, "no " + std::to_string(each.id)}});
        } else {
          taken.push_back(each);
        }
      }
    }
    script_.received.insert(script_.received.end(), taken.begin(), taken.end());
    script_.received_count = script_.received.size();
    if (script_.half_acks) {
      script_.half_acks = false;
      const pipeline::Ack dropped = std::move(request.ack);
    } else if (script_.acks_at_flush) {
      held_.join(std::move(request.ack));
    } else {
      request.ack.delivered();
    }
    co_return rejections;
  }

  pipeline::Task<void> flush() override {
    ++script_.flushes;
    if (script_.fail_flushes > 0 && !held_.empty()) {
      --script_.fail_flushes;
      held_ = {};
      throw pipeline::Retryable({"flush", "the fake sink", "scripted", ""});
    }
    held_.delivered();
    co_return;
  }
  pipeline::Task<void> complete() override {
    ++script_.completions;
    if (script_.at_completion) script_.at_completion();
    co_return;
  }
  pipeline::Task<void> close() override { co_return; }
  void cancel() noexcept override { script_.cancelled = true; }

 private:
  pipeline::Task<void> wait_while_stalled() {
    boost::asio::steady_timer poll(co_await boost::asio::this_coro::executor);
    const auto stalls = [this] { return script_.stalled || script_.received.size() >= script_.stall_after; };
    while (stalls() && !script_.cancelled) {
      script_.stall_felt = true;
      poll.expires_after(std::chrono::milliseconds(1));
      co_await poll.async_wait(boost::asio::use_awaitable);
    }
  }

  SinkScript& script_;
  pipeline::Ack held_;
  int under_way_ = 0;
};

}  // namespace hiveframe::runtime::test
