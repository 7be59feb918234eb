#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/lane_runner.hpp"
#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::runtime {

/// The lanes of a run, by number, and what is stored of each. On the strand.
class LaneSet {
 public:
  /// Takes a lane in under the number that it was made with, which is next_number().
  void add(std::shared_ptr<LaneRunner> lane);
  [[nodiscard]] std::size_t next_number() const noexcept { return entries_.size(); }
  /// How many have not been let go of. Stays where it is.
  [[nodiscard]] const std::size_t& open() const noexcept { return open_; }
  /// Null if it was let go of.
  [[nodiscard]] const std::shared_ptr<LaneRunner>& at(std::size_t number) const {
    return entries_[number].lane;
  }
  /// Null if there is none, or it is forgotten.
  [[nodiscard]] std::shared_ptr<LaneRunner> find(const std::string& id) const;
  void remove(std::size_t number);
  void clear() { entries_.clear(); }
  void wake();

  [[nodiscard]] bool all_sent() const;
  [[nodiscard]] bool all_delivered() const;
  [[nodiscard]] bool all_returned() const;
  [[nodiscard]] bool all_idle() const;
  [[nodiscard]] std::uint64_t unsettled_records() const;

  /// The watermarks that moved since they were stored last.
  [[nodiscard]] std::vector<LaneCheckpoint> moved() const;
  void stored(const std::vector<LaneCheckpoint>& checkpoints);
  /// Lanes that are done need no runner: a folder may hold any number of files. With `positions_stored`, one
  /// is done only when its last position is stored.
  void forget_finished(bool positions_stored);
  [[nodiscard]] std::vector<LaneStatus> statuses(std::size_t at_most) const;

 private:
  struct Entry {
    std::shared_ptr<LaneRunner> lane;
    std::uint64_t stored_batches = 0;
  };

  std::vector<Entry> entries_;
  std::size_t open_ = 0;
};

}  // namespace hiveframe::runtime
