#include "pipeline/runtime/exec/engine.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <sched.h>

#include "pipeline/runtime/exec/memory_budget.hpp"

namespace hiveframe::runtime {
namespace {

/// Processors this process may use: taskset and cgroup cpusets count, other machines' do not.
std::size_t usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace

struct Engine::Parts {
  Parts(std::size_t thread_count, std::uint64_t memory_limit)
      : threads(thread_count), memory(memory_limit), pool(thread_count) {}

  std::size_t threads;
  std::atomic<std::size_t> detached{0};
  MemoryBudget memory;
  boost::asio::thread_pool pool;
  boost::asio::thread_pool timers{1};  // destroyed first: who still waits there belongs to the pool
};

Engine::Engine(Settings settings)
    : parts_(std::make_unique<Parts>(settings.threads != 0 ? settings.threads : usable_processors(),
                                     settings.memory_limit)) {}

Engine::~Engine() {
  // All pipelines have ended; what is still under way was left behind by them.
  parts_->timers.stop();
  parts_->timers.join();
  parts_->pool.stop();
  parts_->pool.join();
  // It may return at any time on a thread of its own, to executors and a budget that must be there. What it
  // has to say then is heard by nobody, for nothing runs here any more.
  if (parts_->detached != 0) static_cast<void>(parts_.release());
}

boost::asio::any_io_executor Engine::data_executor() const { return parts_->pool.get_executor(); }

boost::asio::any_io_executor Engine::timer_executor() const { return parts_->timers.get_executor(); }

std::size_t Engine::threads() const noexcept { return parts_->threads; }

MemoryBudget& Engine::memory() noexcept { return parts_->memory; }

std::size_t Engine::detached() const noexcept { return parts_->detached; }

void Engine::detach() noexcept { ++parts_->detached; }

void Engine::reattach() noexcept { --parts_->detached; }

}  // namespace hiveframe::runtime
