#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "pipeline/record/storage.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/flow/budget.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// The process-wide byte budget: flow's Budget behind a mutex, with waiting. Owned by the engine, outlives
/// every Storage charged to it. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit) : budget_(limit), limit_(limit) {}

  [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }
  [[nodiscard]] std::uint64_t held() const;

  /// One pipeline's part in the budget, while it lives.
  class Account {
   public:
    Account(MemoryBudget& memory, boost::asio::any_io_executor strand);
    ~Account();
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    /// Waits until `bytes` may be taken. Null after cancel(), or when `given_up` says so. On the strand.
    pipeline::Task<std::unique_ptr<record::Charge>> reserve(std::uint64_t bytes,
                                                            std::function<bool()> given_up);
    /// The same for more of what a read under way holds, as one record of it is long. Only one such request
    /// at a time: it is granted in any case when the pipeline holds nothing but what its reads under way hold
    /// (`reading`, looked at again with wake()), for then nothing else would ever come back. On the strand.
    pipeline::Task<std::unique_ptr<record::Charge>> reserve_more(std::uint64_t bytes,
                                                                 const std::uint64_t& reading,
                                                                 std::function<bool()> given_up);
    /// Takes bytes at once, whether there is room or not. From any thread.
    std::unique_ptr<record::Charge> overdraw(std::uint64_t bytes);
    /// Every pending reserve() looks again at whether it is given up. On the strand.
    void wake() { changed_->notify(); }
    /// Every pending and later reserve() returns null. On the strand.
    void cancel();
    /// The pipeline ends, with what is left behind: its guarantee goes to the others, and what it holds
    /// counts until it is given back. After cancel().
    void leave();
    [[nodiscard]] std::uint64_t held() const;

   private:
    struct Waiting;

    MemoryBudget& memory_;
    boost::asio::any_io_executor strand_;
    Budget::PipelineId id_;
    bool cancelled_ = false;
    bool left_ = false;
    std::shared_ptr<Signal> changed_;
  };

 private:
  class Held;

  void release(Budget::PipelineId pipeline, std::uint64_t bytes);
  /// Runs what granted waiters left to be run. Takes the lock itself.
  void wake_granted(std::unique_lock<std::mutex> lock);

  mutable std::mutex mutex_;
  Budget budget_;
  std::uint64_t limit_;
  std::unordered_map<Budget::WaiterId, std::function<void()>> waiters_;
  // Those who want to know when bytes of their own pipeline come back.
  std::unordered_map<Budget::PipelineId, std::function<void()>> watchers_;
};

}  // namespace hiveframe::runtime
