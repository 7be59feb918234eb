#include "pipeline/runtime/exec/memory_budget.hpp"

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

namespace hiveframe::runtime {

/// Bytes taken from the budget; given back when destroyed, on any thread.
class MemoryBudget::Held final : public record::Charge {
 public:
  Held(MemoryBudget& memory, Budget::PipelineId pipeline, std::uint64_t bytes)
      : memory_(memory), pipeline_(pipeline), bytes_(bytes) {}
  ~Held() override { memory_.release(pipeline_, bytes_); }

  void resize(std::size_t bytes) override {
    if (bytes > bytes_) {
      const std::lock_guard lock(memory_.mutex_);
      memory_.budget_.charge(pipeline_, bytes - bytes_);
    } else if (bytes < bytes_) {
      memory_.release(pipeline_, bytes_ - bytes);
    }
    bytes_ = bytes;
  }

  bool try_resize(std::size_t bytes) override {
    if (bytes > bytes_) {
      const std::lock_guard lock(memory_.mutex_);
      if (!memory_.budget_.try_charge(pipeline_, bytes - bytes_)) return false;
      bytes_ = bytes;
    } else {
      resize(bytes);
    }
    return true;
  }

 private:
  MemoryBudget& memory_;
  Budget::PipelineId pipeline_;
  std::uint64_t bytes_;
};

/// Shared with the closure that grants: the waiting coroutine may be gone by then.
struct MemoryBudget::Account::Waiting {
  bool granted = false;
};

std::uint64_t MemoryBudget::held() const {
  const std::lock_guard lock(mutex_);
  return budget_.held();
}

void MemoryBudget::release(Budget::PipelineId pipeline, std::uint64_t bytes) {
  std::unique_lock lock(mutex_);
  budget_.release(pipeline, bytes);
  if (!watchers_.empty()) {
    if (const auto watcher = watchers_.find(pipeline); watcher != watchers_.end()) watcher->second();
  }
  wake_granted(std::move(lock));
}

void MemoryBudget::wake_granted(std::unique_lock<std::mutex> lock) {
  std::vector<std::function<void()>> wake;
  for (const Budget::WaiterId id : budget_.take_granted()) {
    const auto found = waiters_.find(id);
    wake.push_back(std::move(found->second));
    waiters_.erase(found);
  }
  lock.unlock();
  for (const auto& each : wake)
    each();
}

MemoryBudget::Account::Account(MemoryBudget& memory, boost::asio::any_io_executor strand)
    : memory_(memory), strand_(std::move(strand)), changed_(std::make_shared<Signal>()) {
  std::unique_lock lock(memory_.mutex_);
  id_ = memory_.budget_.add_pipeline();
  memory_.wake_granted(std::move(lock));
}

MemoryBudget::Account::~Account() { leave(); }

void MemoryBudget::Account::leave() {
  if (std::exchange(left_, true)) return;
  std::unique_lock lock(memory_.mutex_);
  memory_.budget_.remove_pipeline(id_);
  memory_.wake_granted(std::move(lock));
}

pipeline::Task<std::unique_ptr<record::Charge>> MemoryBudget::Account::reserve(
    std::uint64_t bytes, std::function<bool()> given_up) {
  if (cancelled_) co_return nullptr;
  const auto waiting = std::make_shared<Waiting>();
  Budget::WaiterId waiter = 0;
  {
    const std::lock_guard lock(memory_.mutex_);
    const Budget::Reservation reservation = memory_.budget_.try_reserve(id_, bytes);
    waiting->granted = reservation.granted;
    waiter = reservation.waiter;
    if (!reservation.granted) {
      // The grant comes from whatever thread gave bytes back; the coroutine is woken on its strand.
      memory_.waiters_[waiter] = [waiting, changed = changed_, strand = strand_] {
        boost::asio::post(strand, [waiting, changed] {
          waiting->granted = true;
          changed->notify();
        });
      };
    }
  }
  while (!waiting->granted && !cancelled_ && !given_up())
    co_await changed_->wait();
  if (waiting->granted) co_return std::make_unique<Held>(memory_, id_, bytes);

  std::unique_lock lock(memory_.mutex_);
  if (memory_.budget_.cancel(waiter)) {
    memory_.waiters_.erase(waiter);
    memory_.wake_granted(std::move(lock));
  } else {
    // Granted meanwhile, and the news is still on its way to the strand.
    memory_.budget_.release(id_, bytes);
    memory_.wake_granted(std::move(lock));
  }
  co_return nullptr;
}

pipeline::Task<std::unique_ptr<record::Charge>> MemoryBudget::Account::reserve_more(
    std::uint64_t bytes, const std::uint64_t& reading, std::function<bool()> given_up) {
  {
    const std::lock_guard lock(memory_.mutex_);
    memory_.watchers_[id_] = [changed = changed_, strand = strand_] {
      boost::asio::post(strand, [changed] { changed->notify(); });
    };
  }
  const std::function<bool()> holds_only_reads = [this, &reading, &given_up] {
    return given_up() || held() <= reading;
  };
  std::unique_ptr<record::Charge> charge = co_await reserve(bytes, holds_only_reads);
  {
    const std::lock_guard lock(memory_.mutex_);
    memory_.watchers_.erase(id_);
  }
  if (!charge && !cancelled_ && !given_up()) charge = overdraw(bytes);
  co_return charge;
}

std::unique_ptr<record::Charge> MemoryBudget::Account::overdraw(std::uint64_t bytes) {
  {
    const std::lock_guard lock(memory_.mutex_);
    memory_.budget_.charge(id_, bytes);
  }
  return std::make_unique<Held>(memory_, id_, bytes);
}

void MemoryBudget::Account::cancel() {
  cancelled_ = true;
  changed_->notify();
}

std::uint64_t MemoryBudget::Account::held() const {
  const std::lock_guard lock(memory_.mutex_);
  return memory_.budget_.held(id_);
}

}  // namespace hiveframe::runtime
