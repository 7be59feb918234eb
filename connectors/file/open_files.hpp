#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::file {

/// What a file source and its lanes share: how many files are open at a time, and the end of it all. Made by
/// the source, shared with its lanes, which may outlive it. Thread-safe.
class OpenFiles {
 public:
  /// Each open file has a thread and a buffer: more than a few gain nothing.
  static constexpr std::size_t at_most = 4;

  /// Waits until another file may be opened, and counts it. False when cancelled.
  bool wait_for_room();
  void closed() noexcept;

  void cancel() noexcept;
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }
  /// Raised by cancel().
  [[nodiscard]] const pipeline::Interrupt& interrupt() const noexcept { return interrupt_; }

 private:
  pipeline::Interrupt interrupt_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;
};

}  // namespace hiveframe::connectors::file
