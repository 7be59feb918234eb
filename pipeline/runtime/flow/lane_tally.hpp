// How many lanes of a run still have something to do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hiveframe::runtime {

/// Counts lanes by what is left of them, so that whether all are done is known without looking at each: a
/// folder may hold any number of files, and the question comes up with every ack. A lane tells it through
/// Entries when it changes. Owned by the run's set of lanes, outlives the entries. One thread at a time.
class LaneTally {
 public:
  /// What may be left of a lane; any of them at the same time.
  enum Left : std::uint8_t {
    to_read = 1,     ///< the source may give more of it
    to_send = 2,     ///< or not everything was sent to the sinks
    to_deliver = 4,  ///< or not everything is delivered
    on_its_way = 8,  ///< something is on its way to the sinks or their acks
    to_return = 16,  ///< its loop runs
  };

  /// How many lanes have this left.
  std::size_t count(Left what) const;

  /// One lane's part. What is left of it counts until it is left out, or the entry is gone.
  class Entry {
   public:
    explicit Entry(LaneTally& tally) : tally_(tally) {}
    ~Entry() { leave_out(); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    /// `left`: Left, any of them together.
    void set(unsigned left);
    /// From now on it counts nothing, whatever is set.
    void leave_out();

   private:
    LaneTally& tally_;
    unsigned left_ = 0;
    bool out_ = false;
  };

 private:
  static constexpr std::size_t kinds = 5;
  std::array<std::size_t, kinds> counts_{};
};

}  // namespace hiveframe::runtime
