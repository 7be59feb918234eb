#include "pipeline/gather_list.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <unistd.h>

namespace hiveframe::pipeline {

std::size_t write_runs(int descriptor, const std::vector<iovec>& runs, std::size_t from, int& error_number) {
  std::size_t total = 0;
  std::size_t first = 0;    // run not fully written
  std::size_t into = from;  // bytes of it that are
  error_number = 0;
  const auto pass_written = [&] {
    while (first < runs.size() && into >= runs[first].iov_len) {
      into -= runs[first].iov_len;
      ++first;
    }
  };
  pass_written();
  while (first < runs.size()) {
    ssize_t written = 0;
    if (into > 0) {
      written = ::write(descriptor, static_cast<const char*>(runs[first].iov_base) + into,
                        runs[first].iov_len - into);
    } else {
      const auto count = static_cast<int>(std::min<std::size_t>(runs.size() - first, IOV_MAX));
      written = ::writev(descriptor, &runs[first], count);
    }
    if (written < 0) {
      if (errno == EINTR) continue;
      error_number = errno;
      return total;
    }
    total += static_cast<std::size_t>(written);
    into += static_cast<std::size_t>(written);
    pass_written();
  }
  return total;
}

}  // namespace hiveframe::pipeline
