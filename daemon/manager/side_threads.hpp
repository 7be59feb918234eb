#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace hiveframe::daemon {

/// Threads for what may take its time, or hang, in a file system: never the control executor, where this is
/// used. Destroyed when the control executor is not run any more; then it waits for what is under way, so
/// whoever cannot wait ends the process without it.
class SideThreads : public std::enable_shared_from_this<SideThreads> {
 public:
  static constexpr std::size_t most = 4;

  explicit SideThreads(boost::asio::any_io_executor control) : control_(std::move(control)) {}
  ~SideThreads();
  SideThreads(const SideThreads&) = delete;
  SideThreads& operator=(const SideThreads&) = delete;

  /// Calls `work` on a thread, and then `done` on the control executor with what it threw, as text; empty:
  /// nothing. False: too many are under way, and nothing is called.
  bool run(std::function<void()> work, std::function<void(std::string)> done);
  [[nodiscard]] bool busy() const noexcept { return !threads_.empty(); }

 private:
  boost::asio::any_io_executor control_;
  std::map<std::uint64_t, std::thread> threads_;
  std::uint64_t last_ = 0;
};

}  // namespace hiveframe::daemon
