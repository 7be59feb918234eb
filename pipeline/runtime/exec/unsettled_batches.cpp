#include "pipeline/runtime/exec/unsettled_batches.hpp"

#include <utility>

namespace hiveframe::runtime {

std::shared_ptr<BatchTally> UnsettledBatches::begin(BatchPtr batch, const BatchPart& part) {
  const Amount begun{batch->read.records - part.left_out, batch->read.bytes};
  unsent_ -= begun;
  auto tally = std::make_shared<BatchTally>(context_, begun);
  tally->filtered(part.filtered);
  for (std::size_t i = 0; i < part.slices.size(); ++i)
    tally->sent(environment_.outlets.routes()[i]->numbers(), part.slices[i].size());
  if (environment_.source.replayable) batch.reset();
  const bool position_ahead =
      context_.spec.delivery == Delivery::at_most_once && !context_.loses_because.empty();
  sent_.push_back({std::move(batch), tally, position_ahead});
  return tally;
}

void UnsettledBatches::lost(const LaneBatch& batch) {
  context_.counters.read.fetch_add(batch.read.records, std::memory_order_relaxed);
  context_.counters.read_bytes.fetch_add(batch.read.bytes, std::memory_order_relaxed);
  count_undelivered(batch.read.records, true);
}

void UnsettledBatches::lost(Sequence sequence) {
  give_up(sent_[static_cast<std::size_t>(sequence - first_sent_)]);
}

void UnsettledBatches::settled(std::uint64_t batches) {
  for (; settled_ < batches; ++settled_, ++first_sent_)
    sent_.pop_front();
}

std::deque<UnsettledBatches::BatchPtr> UnsettledBatches::send_again() {
  std::deque<BatchPtr> again;
  first_sent_ = 0;
  for (Sent& each : std::exchange(sent_, {})) {
    each.tally->take_back();
    unsent_ += each.tally->read();
    again.push_back(std::move(each.batch));
  }
  return again;
}

void UnsettledBatches::read_again() {
  first_sent_ = 0;
  for (const Sent& each : std::exchange(sent_, {})) {
    if (each.position_ahead) {
      give_up(each);
      continue;
    }
    each.tally->take_back();
    unsent_ += each.tally->read();
  }
  const Amount unsent = std::exchange(unsent_, {});
  context_.counters.read.fetch_sub(unsent.records, std::memory_order_relaxed);
  context_.counters.read_bytes.fetch_sub(unsent.bytes, std::memory_order_relaxed);
}

void UnsettledBatches::give_up() {
  for (const Sent& each : sent_)
    give_up(each);
  count_undelivered(std::exchange(unsent_, {}).records, !environment_.source.replayable);
}

void UnsettledBatches::give_up(const Sent& sent) {
  count_undelivered(sent.tally->give_up(), !environment_.source.replayable || sent.position_ahead);
}

void UnsettledBatches::count_undelivered(std::uint64_t records, bool lost) {
  auto& count = lost ? context_.counters.lost : context_.counters.abandoned;
  count.fetch_add(records, std::memory_order_relaxed);
}

}  // namespace hiveframe::runtime
