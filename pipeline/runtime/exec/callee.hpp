#pragma once

#include <chrono>
#include <list>
#include <string>
#include <utility>

namespace hiveframe::runtime {

/// Whom a run calls and waits for: its source with the lanes, one of its sinks, or its state store. Knows
/// which calls have not returned, so that the run can say at its end who hangs. On the strand.
class Callee {
 public:
  using Clock = std::chrono::steady_clock;

  /// "source generate", "sinks[1] file:///out.ndjson": for people.
  explicit Callee(std::string name) : name_(std::move(name)) {}
  Callee(const Callee&) = delete;
  Callee& operator=(const Callee&) = delete;

 private:
  struct Asked {
    const char* what;
    Clock::time_point since;
  };

 public:
  /// One call, as long as it is waited for: stands beside the co_await.
  class Call {
   public:
    /// `what` was asked for: "a write". Static text.
    Call(Callee& callee, const char* what)
        : callee_(callee), at_(callee.calls_.insert(callee.calls_.end(), {what, Clock::now()})) {}
    ~Call() { callee_.calls_.erase(at_); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Callee& callee_;
    std::list<Asked>::iterator at_;
  };

  /// Calls are under way. Nothing else is to be asked of it at its end.
  [[nodiscard]] bool busy() const noexcept { return !calls_.empty(); }
  /// Of the oldest call: "sink file:///out.ndjson did not answer a write for 30s". A source may wait for
  /// records as long as it likes, so only the time from `since` on counts.
  [[nodiscard]] std::string unanswered(Clock::time_point since = Clock::time_point::min()) const;

 private:
  std::string name_;
  std::list<Asked> calls_;
};

}  // namespace hiveframe::runtime
