#pragma once

#include <chrono>
#include <cstddef>

namespace hiveframe::connectors::kafka {

/// How long a transaction may become, whatever comes first.
struct TransactionLimits {
  std::size_t records = 0;
  std::size_t bytes = 0;
  std::chrono::milliseconds time{0};
};

}  // namespace hiveframe::connectors::kafka
