#include "daemon/manager/side_threads.hpp"

#include <boost/asio/post.hpp>
#include <exception>

namespace hiveframe::daemon {

SideThreads::~SideThreads() {
  for (auto& [number, thread] : threads_)
    thread.join();
}

bool SideThreads::run(std::function<void()> work, std::function<void(std::string)> done) {
  if (threads_.size() == most) return false;
  const std::uint64_t number = ++last_;
  threads_[number] = std::thread(
      [weak = weak_from_this(), control = control_, number, work = std::move(work), done = std::move(done)] {
        std::string failure;
        try {
          work();
        } catch (const std::exception& error) {
          failure = error.what();
        }
        boost::asio::post(control, [weak, number, done, failure = std::move(failure)] {
          const auto self = weak.lock();
          if (!self) return;
          const auto found = self->threads_.find(number);
          found->second.join();
          self->threads_.erase(found);
          done(failure);
        });
      });
  return true;
}

}  // namespace hiveframe::daemon
