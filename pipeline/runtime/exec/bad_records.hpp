#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/dead_letters.hpp"
#include "pipeline/runtime/exec/lane_batch.hpp"
#include "pipeline/runtime/exec/lane_environment.hpp"
#include "pipeline/runtime/exec/parcel.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// A bad record among those of its batch.
struct FoundBad {
  Letter letter;
  pipeline::Position position;       ///< reading from there begins with it
  std::uint64_t records_before = 0;  ///< of the batch, as it was read
  std::uint32_t record = 0;  ///< the first record of the batch's storage that does not stand before it
};

/// What becomes of one lane's bad records, as `on_error` says: found by its workers, or refused by the source
/// or by a sink. Owned by the lane's sender. On the strand.
class BadRecords {
 public:
  BadRecords(LaneEnvironment& environment, const pipeline::Lane& lane, std::size_t number)
      : environment_(environment), context_(environment.context), lane_(lane), number_(number) {}

  /// In the order in which they stand.
  [[nodiscard]] std::vector<FoundBad> of(const LaneBatch& batch) const;
  /// Ends the run because of this one.
  void stop_at(const Letter& letter);
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }
  /// Sees to them, but for stopping. `address` says whose they are; its slice is not looked at. False: the
  /// run is being aborted.
  pipeline::Task<bool> dispose(std::vector<FoundBad> bad, Parcel address);
  /// A record that a sink refused; takes over the duty for it. False: it stays undone.
  pipeline::Task<bool> dispose(SinkRefusal refused);

 private:
  [[nodiscard]] std::string ways_on() const;
  pipeline::Task<bool> send(std::vector<Letter> letters, Parcel address);

  LaneEnvironment& environment_;
  RunContext& context_;
  const pipeline::Lane& lane_;
  const std::size_t number_;
  bool stopped_ = false;
};

}  // namespace hiveframe::runtime
