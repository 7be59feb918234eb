#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/chain.hpp"
#include "pipeline/runtime/exec/worker.hpp"

namespace hiveframe::runtime {

/// Runs a pipeline's batches through its chain on the shared threads, so many at the same time, whatever
/// lanes they are of; others wait in the order they came. Keeps as many workers as were ever busy at once,
/// for each has scratch worth keeping. Thread-safe; outlives the work given to it.
class WorkerPool {
 public:
  /// `parallelism`: batches at the same time, at least one.
  WorkerPool(std::shared_ptr<const Chain> chain, boost::asio::any_io_executor pool, std::size_t parallelism);

  /// Processes `storage` and calls `done` with the result, on a thread of the pool. `failed` instead, if
  /// the process ran out of memory or a defect threw.
  void process(std::unique_ptr<record::Storage> storage, std::function<void(Processed)> done,
               std::function<void(std::string)> failed);

 private:
  struct Job {
    std::unique_ptr<record::Storage> storage;
    std::function<void(Processed)> done;
    std::function<void(std::string)> failed;
  };

  void start(Job job);
  void work(Job job);
  std::unique_ptr<Worker> borrow();
  void give_back(std::unique_ptr<Worker> worker);
  void start_next();

  std::shared_ptr<const Chain> chain_;
  boost::asio::any_io_executor pool_;
  const std::size_t parallelism_;
  std::mutex mutex_;  // guards what follows
  std::size_t busy_ = 0;
  std::deque<Job> waiting_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace hiveframe::runtime
