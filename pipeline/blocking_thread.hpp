#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <optional>
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
    const auto outcome = std::make_shared<Outcome<std::invoke_result_t<F&>>>();
    Task<void> call = called(std::move(work), outcome);
    co_await boost::asio::co_spawn(executor(), std::move(call), boost::asio::use_awaitable);
    co_return outcome->take();
  }

 private:
  // What a call came to. An exception is handed over and the thread keeps no hold of it: libstdc++ counts the
  // holders where no thread sanitizer looks, so that the last one would seem to destroy what others read.
  template <class T>
  struct Outcome {
    std::optional<T> value;
    std::exception_ptr error;

    template <class F>
    void fill(F& work) {
      value.emplace(work());
    }
    T take() {
      if (error) std::rethrow_exception(std::exchange(error, nullptr));
      return std::move(*value);
    }
  };

  template <class F, class T>
  static Task<void> called(F work, std::shared_ptr<Outcome<T>> outcome) {
    try {
      outcome->fill(work);
    } catch (...) {
      outcome->error = std::current_exception();
    }
    co_return;
  }

  [[nodiscard]] boost::asio::any_io_executor executor() const;

  struct Pool;
  std::unique_ptr<Pool> pool_;
};

template <>
struct BlockingThread::Outcome<void> {
  std::exception_ptr error;

  template <class F>
  void fill(F& work) {
    work();
  }
  void take() {
    if (error) std::rethrow_exception(std::exchange(error, nullptr));
  }
};

}  // namespace hiveframe::pipeline
