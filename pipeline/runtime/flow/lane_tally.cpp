#include "pipeline/runtime/flow/lane_tally.hpp"

#include <bit>

namespace hiveframe::runtime {

std::size_t LaneTally::count(Left what) const {
  return counts_[static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(what)))];
}

void LaneTally::Entry::set(unsigned left) {
  if (out_ || left == left_) return;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const unsigned bit = 1U << kind;
    if ((left & bit) == (left_ & bit)) continue;
    if ((left & bit) != 0) {
      ++tally_.counts_[kind];
    } else {
      --tally_.counts_[kind];
    }
  }
  left_ = left;
}

void LaneTally::Entry::leave_out() {
  set(0);
  out_ = true;
}

}  // namespace hiveframe::runtime
