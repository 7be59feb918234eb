#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <type_traits>
#include <utility>

#include "pipeline/task.hpp"

namespace hiveframe::pipeline {

/// A thread of a connector's own, for calls that block (files, pipes, client libraries), so that the data
/// plane's threads never do. Calls are made one at a time, in the order they were asked for.
///
/// Owned by a source, lane or sink. The destructor waits for the call under way, so whatever it may be
/// waiting for is interrupted first (see Interrupt). Never destroyed on the thread itself.
class BlockingThread {
 public:
  BlockingThread();
  ~BlockingThread();
  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;

  /// Calls `work` there, and resumes the caller on the caller's own executor with what it returned or
  /// threw. What `work` refers to outlives the call.
  template <class F>
  Task<std::invoke_result_t<F&>> run(F work) {
    Task<std::invoke_result_t<F&>> call = called<F>(std::move(work));
    co_return co_await boost::asio::co_spawn(executor(), std::move(call), boost::asio::use_awaitable);
  }

 private:
  template <class F>
  static Task<std::invoke_result_t<F&>> called(F work) {
    co_return work();
  }

  [[nodiscard]] boost::asio::any_io_executor executor() const;

  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace hiveframe::pipeline
