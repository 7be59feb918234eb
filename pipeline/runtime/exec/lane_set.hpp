#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/lane_runner.hpp"
#include "pipeline/runtime/exec/status.hpp"
#include "pipeline/runtime/flow/lane_tally.hpp"

namespace hiveframe::runtime {

/// The lanes of a run, by number, and what is stored of each. Those that were let go of take no room, and
/// nothing that is asked with every batch looks at all. On the strand.
class LaneSet {
 public:
  /// Takes a lane in under the number that it was made with, which is next_number().
  void add(std::shared_ptr<LaneRunner> lane);
  [[nodiscard]] std::size_t next_number() const noexcept { return next_number_; }
  /// What its lanes tell what is left of them.
  [[nodiscard]] LaneTally& tally() noexcept { return tally_; }
  /// Null if it was let go of.
  [[nodiscard]] std::shared_ptr<LaneRunner> at(std::size_t number) const;
  /// Null if there is none, or it is forgotten.
  [[nodiscard]] std::shared_ptr<LaneRunner> find(const std::string& id) const;
  void remove(std::size_t number);
  void clear();
  void wake();

  /// The source has given all there is, and the sinks have been sent all of it.
  [[nodiscard]] bool all_sent() const { return tally_.count(LaneTally::to_send) == 0; }
  /// And it is delivered.
  [[nodiscard]] bool all_delivered() const { return tally_.count(LaneTally::to_deliver) == 0; }
  /// Nothing is on its way; lanes may be waiting for records.
  [[nodiscard]] bool all_idle() const { return tally_.count(LaneTally::on_its_way) == 0; }
  [[nodiscard]] bool all_returned() const { return tally_.count(LaneTally::to_return) == 0; }
  /// How many were read to their end and still take room.
  [[nodiscard]] std::size_t ended() const { return open_.size() - tally_.count(LaneTally::to_read); }
  /// How many of those wait for nothing but a checkpoint.
  [[nodiscard]] std::size_t returned() const { return open_.size() - tally_.count(LaneTally::to_return); }
  /// Nothing more will be delivered: counts what was not.
  void give_up();

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

  LaneTally tally_;
  std::map<std::size_t, Entry> open_;
  std::size_t next_number_ = 0;
};

}  // namespace hiveframe::runtime
