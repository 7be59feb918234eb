// Which batches of one lane are in flight, and up to where everything is delivered.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace hiveframe::runtime {

/// Rises each time a lane rewinds. An answer that carries an older epoch is about batches the lane forgot.
using Epoch = std::uint64_t;
/// Numbers the batches of one lane within one epoch, from 0, without gaps.
using Sequence = std::uint64_t;

/// What a rewind gave up.
struct Forgotten {
  Epoch epoch = 0;            ///< the new one, from which the lane reads again
  std::uint64_t records = 0;  ///< of batches that were unanswered or abandoned
  /// Of batches that were delivered, but behind one that was not: they will be delivered again.
  std::uint64_t repeated_records = 0;
};

/// Takes the acks of one lane's batches in any order and yields the contiguous watermark: the end position of
/// the last batch before which everything is delivered. It counts batches, never positions, for logs have
/// gaps. Memory grows with what was begun beyond the watermark; every call is O(1) amortised. Owned by its
/// lane; one thread at a time.
class Tracker {
 public:
  /// `committed` is the position the lane starts from; none at the very beginning of its input.
  explicit Tracker(std::optional<std::string> committed = std::nullopt);

  /// A batch left the source. `end_position`: opaque bytes from which reading goes on after this batch.
  /// `records`: how many it holds; 0 is a batch like any other, so a wholly filtered one advances too.
  Sequence begin(std::string end_position, std::uint64_t records);

  /// Everything that becomes of the batch is durable. False when the answer is refused: it is of an old
  /// epoch, or the batch is already delivered or abandoned, or was never begun. Refused answers change
  /// nothing.
  bool complete(Epoch epoch, Sequence sequence);

  /// The batch was not delivered and never will be in this epoch: the watermark stays before it,
  /// needs_rewind() holds until rewind(). Batches beside it may still complete. False when refused, as above.
  bool abandon(Epoch epoch, Sequence sequence);

  /// Forgets everything beyond the watermark and raises the epoch; sequences start at 0 again. The source is
  /// to seek to watermark().
  Forgotten rewind();

  Epoch epoch() const { return epoch_; }
  bool needs_rewind() const { return needs_rewind_; }

  /// Where the next reading starts if everything stopped now.
  const std::optional<std::string>& watermark() const { return watermark_; }
  /// Batches the watermark has passed since construction; whoever commits positions compares this with what
  /// it saw last to learn whether there is anything new.
  std::uint64_t settled_batches() const { return settled_batches_; }
  /// Records in those batches. Never falls, never counts a record twice.
  std::uint64_t settled_records() const { return settled_records_; }
  /// Begun in this epoch and beyond the watermark: what a kill now would read again. This is what a cap on
  /// unacknowledged records counts.
  std::uint64_t unsettled_records() const { return unsettled_records_; }

 private:
  enum class Fate : std::uint8_t { in_flight, delivered, abandoned };
  struct Batch {
    std::string end_position;
    std::uint64_t records;
    Fate fate;
  };

  Batch* find_in_flight(Epoch epoch, Sequence sequence);
  void advance();

  Epoch epoch_ = 0;
  Sequence front_ = 0;  // the sequence of batches_.front()
  std::deque<Batch> batches_;
  std::optional<std::string> watermark_;
  bool needs_rewind_ = false;
  std::uint64_t settled_batches_ = 0;
  std::uint64_t settled_records_ = 0;
  std::uint64_t unsettled_records_ = 0;
};

}  // namespace hiveframe::runtime
