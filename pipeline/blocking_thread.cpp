#include "pipeline/blocking_thread.hpp"

#include <boost/asio/thread_pool.hpp>

namespace hiveframe::pipeline {

struct BlockingThread::Pool {
  boost::asio::thread_pool threads{1};
};

BlockingThread::BlockingThread() : pool_(std::make_unique<Pool>()) {}

BlockingThread::~BlockingThread() { pool_->threads.join(); }

boost::asio::any_io_executor BlockingThread::executor() const { return pool_->threads.get_executor(); }

}  // namespace hiveframe::pipeline
