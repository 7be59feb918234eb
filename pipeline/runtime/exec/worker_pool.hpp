#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "pipeline/runtime/exec/chain.hpp"
#include "pipeline/runtime/exec/worker.hpp"

namespace hiveframe::runtime {

/// Runs batches through a pipeline's chain on the shared threads. Keeps as many workers as were ever busy
/// at once, for each has scratch worth keeping. Thread-safe; outlives the work given to it.
class WorkerPool {
 public:
  WorkerPool(std::shared_ptr<const Chain> chain, boost::asio::any_io_executor pool);

  /// Processes `storage` and calls `done` with the result, on a thread of the pool. `failed` instead, if
  /// the process ran out of memory or a defect threw.
  void process(std::unique_ptr<record::Storage> storage, std::function<void(Processed)> done,
               std::function<void(std::string)> failed);

 private:
  std::unique_ptr<Worker> borrow();
  void give_back(std::unique_ptr<Worker> worker);

  std::shared_ptr<const Chain> chain_;
  boost::asio::any_io_executor pool_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace hiveframe::runtime
