#include "tests/connectors/ledger/ledger_sink.hpp"

#include <string_view>
#include <utility>

#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"
#include "tests/connectors/ledger/database.hpp"
#include "tests/connectors/record_id.hpp"

namespace hiveframe::connectors::ledger {
namespace {

using pipeline::Retryable;

}  // namespace

LedgerSink::LedgerSink(std::shared_ptr<const Settings> settings) : settings_(std::move(settings)) {}

LedgerSink::~LedgerSink() { LedgerSink::cancel(); }

pipeline::SinkTraits LedgerSink::traits() const {
  pipeline::SinkTraits traits;
  traits.format = codec::find_format("ndjson");
  traits.computed = {&*settings_->id};
  traits.gains_by_waiting = true;
  return traits;
}

pipeline::Task<void> LedgerSink::open(pipeline::SinkContext context) {
  const std::string name = std::move(context.pipeline);
  auto work = [this, &name] { database_ = std::make_unique<Database>(settings_->path.native(), name); };
  co_await thread_.run(work);
}

pipeline::Task<std::vector<pipeline::Rejection>> LedgerSink::write(pipeline::WriteRequest& request) {
  const std::vector<pipeline::LanePosition> none;
  auto work = [this, &request, &none] { commit(request, none); };
  co_await thread_.run(work);
  request.ack.delivered();
  co_return std::vector<pipeline::Rejection>();
}

pipeline::Task<void> LedgerSink::write(pipeline::WriteRequest& request,
                                       std::vector<pipeline::LanePosition> positions) {
  auto work = [this, &request, &positions] { commit(request, positions); };
  co_await thread_.run(work);
}

pipeline::Task<std::vector<std::optional<pipeline::Position>>> LedgerSink::stored_positions(
    std::vector<std::string> lanes) {
  std::vector<std::optional<pipeline::Position>> positions;
  auto work = [this, &lanes, &positions] {
    positions.clear();
    const std::int64_t owner = database_->take_over(lanes, positions);
    for (const std::string& lane : lanes)
      owned_[lane] = owner;
  };
  co_await thread_.run(work);
  co_return positions;
}

void LedgerSink::commit(const pipeline::WriteRequest& request,
                        const std::vector<pipeline::LanePosition>& positions) {
  if (settings_->delay.count() != 0) wait(settings_->delay);
  std::vector<Row> rows;
  for (const record::Slice& slice : request.slices) {
    for (std::size_t i = 0; i < slice.size(); ++i) {
      rows.push_back({slice.computed(i, 0), slice.encoded(i)});
      if (is_one_of_every(settings_->reject, rows.back().id))
        throw pipeline::BadBatch({record::DataError::Type::rejected, "a record of the batch is refused"});
    }
  }
  std::vector<std::int64_t> owners;
  for (const pipeline::LanePosition& each : positions)
    owners.push_back(owned_.at(each.lane));
  database_->commit({rows, positions, owners});
  ++commits_;
  if (settings_->lose_answer != 0 && commits_ % settings_->lose_answer == 0)
    throw Retryable({"commit to", settings_->path.native(), "the answer to a commit was lost", ""}, true);
}

/// Throws when cancelled, having done nothing.
void LedgerSink::wait(std::chrono::milliseconds time) const {
  try {
    interrupt_.sleep_until(std::chrono::steady_clock::now() + time);
  } catch (const pipeline::Interrupted&) {
    throw Retryable({"commit to", settings_->path.native(), "it was stopped", ""});
  }
}

pipeline::Task<void> LedgerSink::flush() { co_return; }

pipeline::Task<void> LedgerSink::close() {
  auto work = [this] { database_.reset(); };
  co_await thread_.run(work);
}

}  // namespace hiveframe::connectors::ledger
