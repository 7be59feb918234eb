#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/errors.hpp"
#include "pipeline/sink.hpp"
#include "tests/unit/pipeline/runtime/exec/fake_sink.hpp"

namespace hiveframe::runtime::test {

/// What several processes would share: rows and, for each lane, the position and who owns it.
struct Ledger {
  struct Lane {
    std::optional<pipeline::Position> position;
    std::uint64_t owner = 0;
  };

  std::mutex mutex;
  std::map<std::string, Lane> lanes;
  std::vector<Received> rows;
  std::uint64_t owners = 0;
  std::size_t concurrency = 1;  ///< requests its sinks take at the same time

  // What goes wrong.
  int fail_every = 0;  ///< each n-th commit fails; every other time after it has happened
  std::function<bool(const Received&)> bad;  ///< a commit with such a row is refused
  std::function<void(Ledger&)> before_commit;

  int commits = 0;
  int failures = 0;
};

/// Commits rows and positions together by compare-and-set on the owner, as a database would.
class LedgerSink final : public pipeline::Sink, public pipeline::Transactional {
 public:
  explicit LedgerSink(Ledger& ledger) : ledger_(ledger) {}

  pipeline::SinkTraits traits() const override {
    pipeline::SinkTraits traits;
    traits.concurrency = ledger_.concurrency;
    traits.batch_records = 7;
    return traits;
  }
  pipeline::Task<void> open(pipeline::SinkContext) override { co_return; }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest&) override {
    throw pipeline::Fatal({"write to", "the ledger", "without positions", ""});
  }
  pipeline::Task<void> flush() override { co_return; }
  pipeline::Task<void> close() override { co_return; }
  void cancel() noexcept override {}

  pipeline::Task<std::vector<std::optional<pipeline::Position>>> stored_positions(
      std::vector<std::string> lanes) override {
    const std::lock_guard lock(ledger_.mutex);
    owner_ = ++ledger_.owners;
    std::vector<std::optional<pipeline::Position>> positions;
    for (const std::string& lane : lanes) {
      ledger_.lanes[lane].owner = owner_;
      owned_[lane] = owner_;
      positions.push_back(ledger_.lanes[lane].position);
    }
    co_return positions;
  }

  pipeline::Task<void> write(pipeline::WriteRequest& request,
                             std::vector<pipeline::LanePosition> positions) override {
    if (ledger_.before_commit) ledger_.before_commit(ledger_);
    const std::lock_guard lock(ledger_.mutex);
    bool there = !positions.empty();
    for (const pipeline::LanePosition& each : positions) {
      Ledger::Lane& lane = ledger_.lanes[each.lane];
      if (lane.owner != owned_[each.lane]) {
        throw pipeline::Fatal({"commit to", "the ledger", "another owner has lane " + each.lane, ""});
      }
      there = there && lane.position == each.position;
    }
    // An earlier try whose outcome was unknown had happened.
    if (there && !request.slices.empty()) co_return;
    std::vector<Received> rows;
    for (const record::Slice& slice : request.slices) {
      for (std::size_t i = 0; i < slice.size(); ++i) {
        const record::Value& value = slice[i].value;
        rows.push_back({value.find("lane")->as_int64(), value.find("id")->as_int64()});
        if (ledger_.bad && ledger_.bad(rows.back())) {
          throw pipeline::BadBatch(
              {record::DataError::Type::rejected, "bad " + std::to_string(rows.back().id)});
        }
      }
    }
    ++ledger_.commits;
    const bool fails = ledger_.fail_every != 0 && ledger_.commits % ledger_.fail_every == 0;
    const bool happened = !fails || ++ledger_.failures % 2 == 0;
    if (happened) {
      ledger_.rows.insert(ledger_.rows.end(), rows.begin(), rows.end());
      for (const pipeline::LanePosition& each : positions)
        ledger_.lanes[each.lane].position = each.position;
    }
    if (fails) throw pipeline::Retryable({"commit to", "the ledger", "connection lost", ""}, true);
  }

 private:
  Ledger& ledger_;
  std::uint64_t owner_ = 0;
  std::map<std::string, std::uint64_t> owned_;
};

}  // namespace hiveframe::runtime::test
