#include "pipeline/runtime/exec/worker_pool.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace hiveframe::runtime {

WorkerPool::WorkerPool(std::shared_ptr<const Chain> chain, boost::asio::any_io_executor pool,
                       std::size_t parallelism)
    : chain_(std::move(chain)), pool_(std::move(pool)), parallelism_(parallelism) {}

void WorkerPool::process(std::unique_ptr<record::Storage> storage, std::function<void(Processed)> done,
                         std::function<void(std::string)> failed) {
  Job job{std::move(storage), std::move(done), std::move(failed)};
  {
    const std::lock_guard lock(mutex_);
    if (busy_ == parallelism_) {
      waiting_.push_back(std::move(job));
      return;
    }
    ++busy_;
  }
  start(std::move(job));
}

void WorkerPool::start(Job job) {
  boost::asio::post(pool_, [this, job = std::move(job)]() mutable { work(std::move(job)); });
}

void WorkerPool::work(Job job) {
  Processed processed;
  std::string trouble;
  try {
    std::unique_ptr<Worker> worker = borrow();
    const auto begun = std::chrono::steady_clock::now();
    processed = worker->process(std::move(job.storage));
    processed.took = std::chrono::steady_clock::now() - begun;
    give_back(std::move(worker));
  } catch (const std::exception& error) {
    trouble = error.what();
    if (trouble.empty()) trouble = "unknown";
  }
  // Before anybody is told: then the pool may go.
  start_next();
  if (trouble.empty()) {
    job.done(std::move(processed));
  } else {
    job.failed(std::move(trouble));
  }
}

void WorkerPool::start_next() {
  std::optional<Job> next;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      --busy_;
      return;
    }
    next = std::move(waiting_.front());
    waiting_.pop_front();
  }
  start(std::move(*next));
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
