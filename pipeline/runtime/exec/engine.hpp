#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace hiveframe::runtime {

class MemoryBudget;

/// The threads and memory that all pipelines of a process share. Made first, destroyed last; the pipelines
/// on it have ended by then. Where one of them has left something behind, its threads end with it and the
/// rest of it stays, for calls that return later. Thread-safe.
class Engine {
 public:
  struct Settings {
    std::size_t threads = 0;  ///< of the data plane; 0: one for each processor this process may use
    std::uint64_t memory_limit = 256ULL * 1024 * 1024;
  };

  explicit Engine(Settings settings);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Where transforms and the pipelines' strands run. No timers: their reactor would be polled between any
  /// two steps of the data plane.
  [[nodiscard]] boost::asio::any_io_executor data_executor() const;
  /// Where timers run, on a thread of their own that data never stalls.
  [[nodiscard]] boost::asio::any_io_executor timer_executor() const;
  [[nodiscard]] std::size_t threads() const noexcept;
  [[nodiscard]] MemoryBudget& memory() noexcept;

  /// Pipelines that have ended and left something behind: a call of a source or sink that did not return,
  /// though it was cancelled. It keeps what it refers to (threads, files, memory that counts in the budget)
  /// until it returns. While there are any, an orderly exit of the process takes away what they may still
  /// touch, so it ends with _exit().
  [[nodiscard]] std::size_t detached() const noexcept;
  /// A pipeline ends so; by Pipeline only.
  void detach() noexcept;
  /// What it left behind has returned, and is gone.
  void reattach() noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace hiveframe::runtime
