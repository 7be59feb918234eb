#include "pipeline/runtime/exec/batch_tally.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::runtime {

BatchTally::AtSink& BatchTally::at(const std::shared_ptr<SinkNumbers>& sink) {
  const auto found =
      std::find_if(sinks_.begin(), sinks_.end(), [&](const AtSink& each) { return each.numbers == sink; });
  return found != sinks_.end() ? *found : sinks_.emplace_back(AtSink{sink});
}

void BatchTally::filtered(std::uint64_t records) {
  filtered_ += records;
  context_.counters.filtered.fetch_add(records, std::memory_order_relaxed);
}

void BatchTally::rejected(std::string_view place, const std::string& stage, const record::DataError& error,
                          bool has_letter) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const std::size_t number = context_.rejections.add(place, stage, error);
  const bool same =
      !reasons_.empty() && reasons_.back().number == number && reasons_.back().has_letter == has_letter;
  if (!same) reasons_.push_back({number, 0, has_letter});
  ++reasons_.back().records;
}

void BatchTally::sent(const std::shared_ptr<SinkNumbers>& sink, std::uint64_t records) {
  const std::lock_guard lock(mutex_);
  at(sink).sent += records;
}

void BatchTally::taken(const std::shared_ptr<SinkNumbers>& sink, Amount amount) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  at(sink).taken += amount;
  sink->written.fetch_add(amount.records, std::memory_order_relaxed);
  sink->bytes.fetch_add(amount.bytes, std::memory_order_relaxed);
}

void BatchTally::refused(const std::shared_ptr<SinkNumbers>& sink) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  ++at(sink).refused;
  sink->rejected.fetch_add(1, std::memory_order_relaxed);
}

void BatchTally::acknowledged(const std::shared_ptr<SinkNumbers>& sink, Amount amount) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  at(sink).acknowledged += amount;
  sink->acknowledged.fetch_add(amount.records, std::memory_order_relaxed);
}

void BatchTally::take_back() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(closed_, true)) return;
  context_.counters.filtered.fetch_sub(filtered_, std::memory_order_relaxed);
  for (const Reason& each : reasons_)
    context_.rejections.take_back(each.number, each.records);
  for (const AtSink& each : sinks_) {
    each.numbers->written.fetch_sub(each.taken.records, std::memory_order_relaxed);
    each.numbers->bytes.fetch_sub(each.taken.bytes, std::memory_order_relaxed);
    each.numbers->acknowledged.fetch_sub(each.acknowledged.records, std::memory_order_relaxed);
    each.numbers->rejected.fetch_sub(each.refused, std::memory_order_relaxed);
  }
}

std::uint64_t BatchTally::give_up() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(closed_, true)) return 0;
  std::uint64_t undelivered = 0;
  std::uint64_t letters = 0;
  for (const AtSink& each : sinks_) {
    each.numbers->written.fetch_sub(each.taken.records - each.acknowledged.records,
                                    std::memory_order_relaxed);
    each.numbers->bytes.fetch_sub(each.taken.bytes - each.acknowledged.bytes, std::memory_order_relaxed);
    const std::uint64_t missing = each.sent - each.acknowledged.records - each.refused;
    if (each.numbers == context_.letter_numbers) {
      letters = missing;
    } else {
      // Sinks that lack records of one batch mostly lack the same ones.
      undelivered = std::max(undelivered, missing);
    }
  }
  // What one record became counts once.
  undelivered = std::min(undelivered, read_.records);
  return undelivered + take_back_letters(letters);
}

/// Letters are written in their order, so the last ones are missing: as long as its letter is, a bad record
/// is not taken care of.
std::uint64_t BatchTally::take_back_letters(std::uint64_t undelivered) {
  std::uint64_t left = undelivered;
  for (auto reason = reasons_.rbegin(); reason != reasons_.rend() && left != 0; ++reason) {
    if (!reason->has_letter) continue;
    const std::uint64_t records = std::min(left, reason->records);
    context_.rejections.take_back(reason->number, records);
    left -= records;
  }
  return undelivered - left;
}

}  // namespace hiveframe::runtime
