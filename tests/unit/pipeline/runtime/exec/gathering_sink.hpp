#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/errors.hpp"
#include "pipeline/sink.hpp"
#include "tests/unit/pipeline/runtime/exec/fake_sink.hpp"

namespace hiveframe::runtime::test {

/// What is committed to, outlives the sinks.
struct GatheredLedger {
  std::vector<Received> rows;
  std::map<std::string, pipeline::Position> positions;
  std::atomic<std::size_t> committed{0};  ///< rows
  int commits = 0;
  bool whole_batches = false;
  int abort_every = 0;        ///< each n-th commit aborts in place of that
  std::size_t at_most = 100;  ///< rows of a commit; a flush commits fewer
};

/// Gathers writes, and commits them together: its acks come when that is done, as with Kafka's transactions.
class GatheringSink final : public pipeline::Sink, public pipeline::Transactional {
 public:
  explicit GatheringSink(GatheredLedger& ledger) : ledger_(ledger) {}

  pipeline::SinkTraits traits() const override {
    pipeline::SinkTraits traits;
    traits.batch_records = 7;
    traits.whole_batches = ledger_.whole_batches;
    return traits;
  }
  pipeline::Task<void> open(pipeline::SinkContext) override { co_return; }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest&) override {
    throw pipeline::Fatal({"write to", "the ledger", "without positions", ""});
  }
  pipeline::Task<std::vector<std::optional<pipeline::Position>>> stored_positions(
      std::vector<std::string> lanes) override {
    std::vector<std::optional<pipeline::Position>> positions;
    for (const std::string& lane : lanes) {
      const auto found = ledger_.positions.find(lane);
      positions.push_back(found == ledger_.positions.end() ? std::nullopt : std::optional(found->second));
    }
    co_return positions;
  }
  pipeline::Task<void> write(pipeline::WriteRequest& request,
                             std::vector<pipeline::LanePosition> positions) override {
    for (const record::Slice& slice : request.slices) {
      for (std::size_t i = 0; i < slice.size(); ++i) {
        const record::Value& value = slice[i].value;
        rows_.push_back({value.find("lane")->as_int64(), value.find("id")->as_int64()});
      }
    }
    for (pipeline::LanePosition& each : positions)
      positions_[each.lane] = std::move(each.position);
    ack_.join(std::move(request.ack));
    // What was added is answered; that it was given up, its ack says.
    if (rows_.size() >= ledger_.at_most) static_cast<void>(commit());
    co_return;
  }
  pipeline::Task<void> flush() override {
    const bool committed = commit();
    if (!committed) throw pipeline::Retryable({"commit to", "the ledger", "aborted", ""});
    co_return;
  }
  pipeline::Task<void> close() override { co_return; }
  void cancel() noexcept override {}

 private:
  bool commit() {
    if (ack_.empty()) return true;
    const std::vector<Received> rows = std::exchange(rows_, {});
    const std::map<std::string, pipeline::Position> positions = std::exchange(positions_, {});
    pipeline::Ack ack = std::move(ack_);
    ++ledger_.commits;
    if (ledger_.abort_every != 0 && ledger_.commits % ledger_.abort_every == 0) return false;
    ledger_.rows.insert(ledger_.rows.end(), rows.begin(), rows.end());
    ledger_.committed += rows.size();
    for (const auto& [lane, position] : positions)
      ledger_.positions[lane] = position;
    ack.delivered();
    return true;
  }

  GatheredLedger& ledger_;
  std::vector<Received> rows_;
  std::map<std::string, pipeline::Position> positions_;
  pipeline::Ack ack_;
};

}  // namespace hiveframe::runtime::test
