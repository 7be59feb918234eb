#include "pipeline/runtime/exec/retry_loop.hpp"

#include <optional>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {

std::string gave_up(std::uint64_t attempts) {
  return "gave up after " + std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts") +
         ", as retry.max_elapsed says; mend it and start the pipeline again";
}

RetryLoop::RetryLoop(RunContext& context, std::string component)
    : context_(context), component_(std::move(component)), signal_(context.timers) {}

pipeline::Task<bool> RetryLoop::run(std::function<pipeline::Task<void>()> attempt,
                                    std::function<bool()> given_up) {
  Backoff backoff(context_.spec.retry, context_.random);
  for (;;) {
    if (given_up()) {
      if (backoff.failures() != 0) context_.health.forget(component_);
      co_return false;
    }
    if (backoff.failures() != 0) context_.counters.retries.fetch_add(1, std::memory_order_relaxed);
    std::optional<pipeline::ErrorText> trouble;
    try {
      co_await attempt();
    } catch (const pipeline::Retryable& error) {
      trouble = error.text();
    }
    if (!trouble) {
      // Without a failure of its own it is somebody else's trouble, if there is any.
      if (backoff.failures() != 0) context_.health.recovered(component_);
      co_return true;
    }
    // What was cancelled says nothing of the world.
    if (given_up()) continue;
    context_.health.trouble(component_, describe(*trouble));
    const auto delay = backoff.next_delay(Backoff::Clock::now());
    if (!delay) {
      trouble->next = gave_up(backoff.failures());
      throw pipeline::Fatal(*trouble);
    }
    const auto until = Backoff::Clock::now() + *delay;
    while (!given_up() && Backoff::Clock::now() < until)
      co_await signal_.wait_until(until);
  }
}

}  // namespace hiveframe::runtime
