// Finds the bad records in a batch that a sink refused as a whole.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace hiveframe::runtime {

/// Records [begin, end) of a batch.
struct RecordRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
  bool operator==(const RecordRange&) const = default;
};

/// Drives the writes that isolate the bad records of a batch whose write failed for its data, for sinks where
/// a failed write has written nothing. One range at a time, always from left to right: a later range is never
/// offered before every earlier record is written or found bad, so it serves ordered lanes as it is.
///
///   Bisection bisection(n);
///   while (auto range = bisection.next()) {
///     // Write *range. What is Retryable is tried again with the same range, and not told here.
///     if (written) bisection.succeeded();
///     // Refused for its data: *bad is the index of a bad record.
///     else if (auto bad = bisection.failed()) ...
///   }
///
/// Each record ends either in exactly one successful write or as bad, found by a failed write of it alone.
/// With k bad records in n there are at most 2 * k * ceil(log2 n) writes. When the left half of a failed
/// range was written the fault must be in the right half, which is split without being tried; only a record
/// alone is always tried, since two records may be at odds with each other and each be good (the same key
/// twice).
class Bisection {
 public:
  /// A batch of n >= 1 records whose write as a whole has failed. With n = 1 that record is offered once
  /// more.
  explicit Bisection(std::size_t records);

  /// The range to write now; none when every record is settled. The same until it is answered.
  std::optional<RecordRange> next() const;

  /// The range from next() is written.
  void succeeded();
  /// The range from next() was refused for its data, and nothing of it is written. The record's index when it
  /// was alone.
  std::optional<std::size_t> failed();

 private:
  struct Piece {
    RecordRange range;
    bool left_half;  // the piece under it in the stack is the right half of the same failed range
  };

  void split(RecordRange failed_range);

  std::vector<Piece> pieces_;  // a stack: the leftmost is at the back
};

}  // namespace hiveframe::runtime
