#pragma once

#include <functional>

#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// What one coroutine of a strand at a time may do. On the strand.
class Turn {
 public:
  /// Whoever has it: gives it back when destroyed.
  class Mine {
   public:
    Mine() = default;
    ~Mine() {
      if (turn_ == nullptr) return;
      turn_->taken_ = false;
      turn_->changed_.notify();
    }
    Mine(const Mine&) = delete;
    Mine& operator=(const Mine&) = delete;
    [[nodiscard]] bool held() const noexcept { return turn_ != nullptr; }

   private:
    friend class Turn;
    Turn* turn_ = nullptr;
  };

  /// Waits for it, unless it is held. False when `given_up` says so.
  pipeline::Task<bool> take(Mine& mine, std::function<bool()> given_up) {
    while (taken_ && !mine.held() && !given_up())
      co_await changed_.wait();
    if (given_up()) co_return false;
    taken_ = true;
    mine.turn_ = this;
    co_return true;
  }
  [[nodiscard]] bool taken() const noexcept { return taken_; }
  /// Those who wait look again at whether they give up.
  void wake() { changed_.notify(); }

 private:
  bool taken_ = false;
  Signal changed_;
};

}  // namespace hiveframe::runtime
