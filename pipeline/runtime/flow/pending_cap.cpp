#include "pipeline/runtime/flow/pending_cap.hpp"

namespace hiveframe::runtime {

void PendingCap::update(std::uint64_t pending) {
  holds_ = holds_ ? pending > cap_ / 2 : pending > 0 && pending >= cap_;
}

}  // namespace hiveframe::runtime
