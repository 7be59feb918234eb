// Puts the results of parallel workers back into the order of their lane.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "pipeline/runtime/flow/tracker.hpp"

namespace hiveframe::runtime {

/// Results arrive in any order and leave in the order of their sequence numbers. It holds one slot for each
/// batch begun and not yet released, and refuses any other, so it cannot grow beyond what the lane has in
/// flight. T need only be movable. Owned by its lane; one thread at a time.
template <class T>
class Sequencer {
 public:
  explicit Sequencer(Epoch epoch = 0) : epoch_(epoch) {}

  /// A batch was handed to the workers: the number Tracker::begin() gave, each exactly once and in order.
  /// Returns false, and changes nothing, for any other number.
  bool begin(Sequence sequence) {
    if (sequence != front_ + slots_.size()) return false;
    slots_.emplace_back();
    return true;
  }

  /// The result of one batch. False when it is refused: of another epoch, not begun, given twice, or already
  /// released. A refused result is left in the caller's hand, unmoved.
  bool push(Epoch epoch, Sequence sequence, T&& result) {
    if (epoch != epoch_ || sequence < front_ || sequence - front_ >= slots_.size()) return false;
    std::optional<T>& slot = slots_[static_cast<std::size_t>(sequence - front_)];
    if (slot.has_value()) return false;
    slot.emplace(std::move(result));
    return true;
  }

  /// The next result in order, if it is there.
  std::optional<T> pop() {
    if (slots_.empty() || !slots_.front().has_value()) return std::nullopt;
    std::optional<T> result = std::move(slots_.front());
    slots_.pop_front();
    ++front_;
    return result;
  }

  /// After a rewind: drops what is held and expects sequence 0 of the new epoch. What is dropped is destroyed
  /// after the sequencer is consistent again, so its destructors may call back.
  void reset(Epoch epoch) {
    std::deque<std::optional<T>> dropped;
    dropped.swap(slots_);
    epoch_ = epoch;
    front_ = 0;
  }

  Epoch epoch() const { return epoch_; }
  /// Begun and not yet released.
  std::size_t size() const { return slots_.size(); }

 private:
  Epoch epoch_;
  Sequence front_ = 0;
  std::deque<std::optional<T>> slots_;
};

}  // namespace hiveframe::runtime
