#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/runtime/exec/outlet.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// The end of one sink, which may hang: closes it, cancels it when its time is over, and leaves it behind if
/// that does not help either. Shared by the set of outlets and the coroutine that closes. On the strand.
class Closing : public std::enable_shared_from_this<Closing> {
 public:
  /// `run` is what the outlet refers to.
  Closing(RunContext& context, std::unique_ptr<Outlet> outlet, std::shared_ptr<void> run);
  ~Closing();

  /// Begins to close it.
  void start();
  /// Returns when it is closed; at `deadline` (or a little later if that is near) it is cancelled, and some
  /// time after that it is left behind, with what it refers to: no destructor could end what does not return.
  /// What failed, if anything did.
  pipeline::Task<std::optional<std::string>> finish(std::chrono::steady_clock::time_point deadline);

 private:
  pipeline::Task<void> close();
  pipeline::Task<void> wait_until(std::chrono::steady_clock::time_point deadline);

  const std::string name_;
  const std::string pipeline_;
  const std::chrono::milliseconds timeout_;
  boost::asio::any_io_executor strand_;
  TimedSignal closed_signal_;
  // Not owned by smart pointers: when the process ends, nobody waits for a sink that was left behind.
  Outlet* outlet_;
  std::shared_ptr<void>* run_;
  bool closed_ = false;
  bool left_behind_ = false;
  std::optional<std::string> failure_;
};

}  // namespace hiveframe::runtime
