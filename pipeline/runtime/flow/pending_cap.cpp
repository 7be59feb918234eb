#include "pipeline/runtime/flow/pending_cap.hpp"

namespace hiveframe::runtime {

PendingCap::Change PendingCap::update(std::uint64_t pending) {
  if (!holds_ && pending > 0 && pending >= cap_) {
    holds_ = true;
    return Change::reached;
  }
  if (holds_ && pending <= cap_ / 2) {
    holds_ = false;
    return Change::cleared;
  }
  return Change::none;
}

}  // namespace hiveframe::runtime
