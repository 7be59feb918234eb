#include "pipeline/runtime/flow/tracker.hpp"

#include <utility>

namespace hiveframe::runtime {

Tracker::Tracker(std::optional<std::string> committed) : watermark_(std::move(committed)) {}

Sequence Tracker::begin(std::string end_position, std::uint64_t records) {
  batches_.push_back({std::move(end_position), records, Fate::in_flight});
  unsettled_records_ += records;
  return front_ + batches_.size() - 1;
}

Tracker::Batch* Tracker::find_in_flight(Epoch epoch, Sequence sequence) {
  if (epoch != epoch_ || sequence < front_ || sequence - front_ >= batches_.size()) return nullptr;
  Batch& batch = batches_[static_cast<std::size_t>(sequence - front_)];
  return batch.fate == Fate::in_flight ? &batch : nullptr;
}

bool Tracker::complete(Epoch epoch, Sequence sequence) {
  Batch* batch = find_in_flight(epoch, sequence);
  if (batch == nullptr) return false;
  batch->fate = Fate::delivered;
  advance();
  return true;
}

bool Tracker::abandon(Epoch epoch, Sequence sequence) {
  Batch* batch = find_in_flight(epoch, sequence);
  if (batch == nullptr) return false;
  batch->fate = Fate::abandoned;
  needs_rewind_ = true;
  return true;
}

void Tracker::advance() {
  while (!batches_.empty() && batches_.front().fate == Fate::delivered) {
    Batch& batch = batches_.front();
    watermark_ = std::move(batch.end_position);
    ++settled_batches_;
    settled_records_ += batch.records;
    unsettled_records_ -= batch.records;
    batches_.pop_front();
    ++front_;
  }
}

Forgotten Tracker::rewind() {
  Forgotten forgotten;
  for (const Batch& batch : batches_)
    (batch.fate == Fate::delivered ? forgotten.repeated_records : forgotten.records) += batch.records;
  forgotten.epoch = ++epoch_;
  front_ = 0;
  batches_.clear();
  needs_rewind_ = false;
  unsettled_records_ = 0;
  return forgotten;
}

}  // namespace hiveframe::runtime
