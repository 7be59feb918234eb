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
  /// A lane that has open duties, or was never forgotten.
  [[nodiscard]] const std::shared_ptr<LaneRunner>& at(std::size_t number) const {
    return entries_[number].lane;
  }
  /// Null if there is none, or it is forgotten.
  [[nodiscard]] std::shared_ptr<LaneRunner> find(const std::string& id) const;
  void remove(std::size_t number) { entries_[number].lane = nullptr; }
  void clear() { entries_.clear(); }
  void wake();

  [[nodiscard]] bool all_sent() const;
  [[nodiscard]] bool all_delivered() const;
  [[nodiscard]] bool all_returned() const;
  [[nodiscard]] std::uint64_t unsettled_records() const;

  /// The watermarks that moved since they were stored last.
  [[nodiscard]] std::vector<LaneCheckpoint> moved() const;
  void stored(const std::vector<LaneCheckpoint>& checkpoints);
  /// Lanes of which everything is stored need no runner: a folder may hold any number of files.
  void forget_finished();
  [[nodiscard]] std::vector<LaneStatus> statuses(std::size_t at_most) const;

 private:
  struct Entry {
    std::shared_ptr<LaneRunner> lane;
    std::uint64_t stored_batches = 0;
  };

  std::vector<Entry> entries_;
};

}  // namespace hiveframe::runtime
