#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/slice.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::daemon {

/// A record as a sink gets it.
struct CapturedRecord {
  record::Value value;
  record::Value key;
  record::Value meta;  ///< an object
  std::chrono::system_clock::time_point read_at;
};

/// The records that a sink got, copied. Filled on the pipeline's strand, read when the pipeline has ended.
class CapturedRecords {
 public:
  void take(const record::Slice& slice);
  void keep_first() { records_.resize(std::min<std::size_t>(1, records_.size())); }
  [[nodiscard]] const std::vector<CapturedRecord>& records() const noexcept { return records_; }

 private:
  record::Arena arena_;
  std::vector<CapturedRecord> records_;
};

/// A sink that keeps what it gets, with its tree.
std::unique_ptr<pipeline::Sink> capturing_sink(std::shared_ptr<CapturedRecords> captured);
/// Has records encoded and settings computed as `model` wants it, without opening it, and keeps nothing: what
/// that sink could not be given is found bad as it would be.
std::unique_ptr<pipeline::Sink> trying_sink(std::unique_ptr<pipeline::Sink> model);

}  // namespace hiveframe::daemon
