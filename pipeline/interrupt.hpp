#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <span>

namespace hiveframe::pipeline {

/// Thrown by what was waiting when an Interrupt was raised. Connectors catch it and answer their caller
/// as the interfaces say; it never leaves a connector.
class Interrupted : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// Ends blocking waits from another thread: an eventfd that every wait polls beside its own descriptor.
/// Once raised it stays raised.
class Interrupt {
 public:
  /// Throws Retryable when the process has no descriptor left.
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// From any thread.
  void raise() noexcept;
  [[nodiscard]] bool raised() const noexcept { return raised_; }
  /// Throws Interrupted when raised: between two of many things that do not wait.
  void check() const {
    if (raised_) throw Interrupted();
  }

  /// Waits until `descriptor` can be read (or is at its end, or broken). Throws Interrupted when raised.
  void wait_readable(int descriptor) const;
  /// Waits until `descriptor` can be written (or its reader is gone).
  void wait_writable(int descriptor) const;
  /// Waits until `descriptor` can be read, can be written where that is wanted, or is broken; at most until
  /// `deadline`, then false.
  [[nodiscard]] bool wait_ready(int descriptor, bool writable_too,
                                std::chrono::steady_clock::time_point deadline) const;
  /// Waits for nothing but the time; time_point::max() is never.
  void sleep_until(std::chrono::steady_clock::time_point time) const;

 private:
  [[nodiscard]] bool wait(int descriptor, short events, std::chrono::steady_clock::time_point deadline) const;

  int event_;
  std::atomic<bool> raised_{false};
};

}  // namespace hiveframe::pipeline
