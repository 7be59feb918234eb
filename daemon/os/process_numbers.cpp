#include "daemon/os/process_numbers.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace hiveframe::daemon {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t open_files() {
  std::error_code error;
  std::uint64_t count = 0;
  auto each = std::filesystem::directory_iterator("/proc/self/fd", error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error))
    ++count;
  // One of them was what read this.
  return count == 0 ? 0 : count - 1;
}

// Field 22 of stat (proc(5)), in ticks since the system came up; the second one is a name in parentheses that
// may hold anything.
std::chrono::system_clock::time_point started() {
  std::ifstream stat("/proc/self/stat");
  std::string text;
  std::getline(stat, text);
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string skipped;
  for (int i = 3; i < 22; ++i)
    fields >> skipped;
  std::uint64_t ticks = 0;
  if (!(fields >> ticks)) return {};
  const auto per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const std::chrono::duration<double> after_boot(static_cast<double>(ticks) / per_second);
  const auto age =
      read_clock(CLOCK_BOOTTIME) - std::chrono::duration_cast<std::chrono::nanoseconds>(after_boot);
  return std::chrono::system_clock::now() -
         std::chrono::duration_cast<std::chrono::system_clock::duration>(age);
}

}  // namespace

ProcessNumbers process_numbers() {
  // It does not change.
  static const std::chrono::system_clock::time_point begun = started();
  ProcessNumbers numbers;
  numbers.cpu_time = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  numbers.resident_bytes = resident_bytes();
  numbers.open_files = open_files();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) numbers.most_open_files = limit.rlim_cur;
  numbers.started = begun;
  return numbers;
}

}  // namespace hiveframe::daemon
