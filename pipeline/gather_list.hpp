#pragma once

#include <cstddef>
#include <string_view>
#include <sys/uio.h>
#include <vector>

namespace hiveframe::pipeline {

/// Encoded records and their delimiters as runs of memory, for writev: nothing is copied, and records that
/// stand in memory as they will in the output (lines nobody changed, or encoded one after the other) make
/// one run. Refers to the records' bytes and to the delimiter, which outlive it. One thread at a time.
class GatherList {
 public:
  explicit GatherList(std::string_view delimiter) : delimiter_(delimiter) {}

  /// One record of a Slice: the byte behind it can be read.
  void add(std::string_view record) {
    if (delimiter_.size() == 1 && record.data() != nullptr && record.data()[record.size()] == delimiter_[0]) {
      add_raw({record.data(), record.size() + 1});
    } else {
      add_raw(record);
      add_raw(delimiter_);
    }
  }
  /// Bytes as they are.
  void add_raw(std::string_view bytes) {
    if (bytes.empty()) return;
    if (bytes.data() == end_) {
      runs_.back().iov_len += bytes.size();
    } else {
      runs_.push_back({const_cast<char*>(bytes.data()), bytes.size()});
    }
    end_ = bytes.data() + bytes.size();
    bytes_ += bytes.size();
  }

  [[nodiscard]] const std::vector<iovec>& runs() const noexcept { return runs_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return runs_.empty(); }
  void clear() noexcept {
    runs_.clear();
    end_ = nullptr;
    bytes_ = 0;
  }

 private:
  std::string_view delimiter_;
  std::vector<iovec> runs_;
  const char* end_ = nullptr;  // of the last run
  std::size_t bytes_ = 0;
};

/// Writes runs one after the other, however many there are, from the byte `from` of them all. Returns the
/// bytes written: all that were left, unless `error_number` is set.
std::size_t write_runs(int descriptor, const std::vector<iovec>& runs, std::size_t from, int& error_number);

}  // namespace hiveframe::pipeline
