#include "pipeline/runtime/exec/worker_pool.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

namespace hiveframe::runtime {

WorkerPool::WorkerPool(std::shared_ptr<const Chain> chain, boost::asio::any_io_executor pool)
    : chain_(std::move(chain)), pool_(std::move(pool)) {}

void WorkerPool::process(std::unique_ptr<record::Storage> storage, std::function<void(Processed)> done,
                         std::function<void(std::string)> failed) {
  boost::asio::post(pool_, [this, storage = std::move(storage), done = std::move(done),
                            failed = std::move(failed)]() mutable {
    std::unique_ptr<Worker> worker = borrow();
    Processed processed;
    try {
      processed = worker->process(std::move(storage));
    } catch (const std::exception& error) {
      failed(error.what());
      return;
    }
    give_back(std::move(worker));
    done(std::move(processed));
  });
}

std::unique_ptr<Worker> WorkerPool::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Worker> worker = std::move(idle_.back());
      idle_.pop_back();
      return worker;
    }
  }
  return std::make_unique<Worker>(chain_);
}

void WorkerPool::give_back(std::unique_ptr<Worker> worker) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

}  // namespace hiveframe::runtime
