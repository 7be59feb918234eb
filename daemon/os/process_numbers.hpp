#pragma once

#include <chrono>
#include <cstdint>

namespace hiveframe::daemon {

/// What the system says of this process.
struct ProcessNumbers {
  std::chrono::nanoseconds cpu_time{0};  ///< of all its threads, in user and kernel mode
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t most_open_files = 0;
  std::chrono::system_clock::time_point started;
};

/// As of now; 0 for what /proc does not tell. Any thread.
ProcessNumbers process_numbers();

}  // namespace hiveframe::daemon
