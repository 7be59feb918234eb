// Of ManagedPipeline: what it is told to do, and who waits for that.
#include <algorithm>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>
#include <utility>

#include "daemon/manager/managed_pipeline.hpp"

namespace hiveframe::daemon {

using namespace std::chrono_literals;

namespace {

constexpr ManagedPipeline::Clock::duration first_look = 2ms;
constexpr ManagedPipeline::Clock::duration rarest_look = 100ms;

}  // namespace

void ManagedPipeline::pause(CommandDone done) {
  const PipelineState now = state();
  if (now == PipelineState::finished || now == PipelineState::failed || now == PipelineState::stopped) {
    done({CommandAnswer::Outcome::refused,
          fmt::format("it has {}: there is nothing to pause", to_string(now))});
    return;
  }
  wait_until_at_rest(Lifecycle::Wish::pause, std::move(done));
}

void ManagedPipeline::drain(CommandDone done) {
  const PipelineState now = state();
  const bool has_ended = now == PipelineState::finished || now == PipelineState::failed;
  if (has_ended && at_rest()) {
    lifecycle_.wish(Lifecycle::Wish::stop);
    done({CommandAnswer::Outcome::done, fmt::format("it had {} before", to_string(now))});
    return;
  }
  wait_until_at_rest(Lifecycle::Wish::stop, std::move(done));
}

void ManagedPipeline::resume(CommandDone done) {
  if (lifecycle_.wish() == Lifecycle::Wish::run) {
    const PipelineState now = state();
    const bool at_rest =
        now == PipelineState::finished || now == PipelineState::failed || now == PipelineState::stopped;
    done({CommandAnswer::Outcome::refused, fmt::format("it is not paused but {}{}", to_string(now),
                                                       at_rest ? ": to run it again, restart it" : "")});
    return;
  }
  lifecycle_.wish(Lifecycle::Wish::run);
  step();
  done({});
}

void ManagedPipeline::restart(From from, CommandDone done) {
  from_start_ = from == From::start;
  const std::uint64_t starts = starts_;
  const std::uint64_t failures = failures_;
  lifecycle_.start_over();
  add_waiter(
      [this, starts, failures]() -> std::optional<CommandAnswer> {
        if (starts_ != starts) return CommandAnswer{};
        if (lifecycle_.wish() != Lifecycle::Wish::run)
          return CommandAnswer{CommandAnswer::Outcome::failed, "it was told to stop meanwhile"};
        if (failures_ != failures && !lifecycle_.running())
          return CommandAnswer{CommandAnswer::Outcome::failed, reason_};
        return std::nullopt;
      },
      std::move(done));
  step();
}

void ManagedPipeline::hold(std::function<void()> drained) {
  lifecycle_.hold();
  add_waiter(
      [this]() -> std::optional<CommandAnswer> {
        if (!at_rest()) return std::nullopt;
        return CommandAnswer{};
      },
      [drained = std::move(drained)](const CommandAnswer&) { drained(); });
  step();
}

void ManagedPipeline::set_aside(CommandDone ready) {
  const auto refuse = [&ready](std::string reason) {
    ready({CommandAnswer::Outcome::refused, std::move(reason)});
  };
  if (lifecycle_.aside()) return refuse("its dead letters are being replayed or discarded already");
  if (lifecycle_.held()) return refuse("it is being reloaded");
  if (lifecycle_.wish() != Lifecycle::Wish::run)
    return refuse(fmt::format("it is {}: tell it to go on first", to_string(state())));
  lifecycle_.set_aside();
  add_waiter(
      [this]() -> std::optional<CommandAnswer> {
        if (lifecycle_.running()) return std::nullopt;
        if (lifecycle_.held() || lifecycle_.wish() != Lifecycle::Wish::run)
          return CommandAnswer{CommandAnswer::Outcome::failed, "it was told something else meanwhile"};
        if (const auto left = left_behind(); !left.empty())
          return CommandAnswer{CommandAnswer::Outcome::failed, left.front()};
        return CommandAnswer{};
      },
      [this, ready = std::move(ready)](CommandAnswer answer) {
        if (answer.outcome != CommandAnswer::Outcome::done) take_up();
        ready(std::move(answer));
      });
  step();
}

void ManagedPipeline::take_up() {
  lifecycle_.take_up();
  step();
}

void ManagedPipeline::wait_for_errand(bool wait) {
  waits_for_errand_ = wait;
  if (!wait) step();
}

void ManagedPipeline::count_letters(bool replayed, std::uint64_t letters) {
  (replayed ? letters_replayed_ : letters_discarded_) += letters;
}

// Nothing of it is under way.
bool ManagedPipeline::at_rest() const {
  return !lifecycle_.running() && !(lifecycle_.aside() && waits_for_errand_);
}

void ManagedPipeline::release(ConfigurationPtr configuration) {
  configuration_ = std::move(configuration);
  lifecycle_.release(configuration_->restart);
  set_reason({});
  step();
}

void ManagedPipeline::await_up(Clock::duration timeout,
                               std::function<void(std::optional<std::string>)> done) {
  look_whether_up(std::make_shared<boost::asio::steady_timer>(surroundings_.control), Clock::now() + timeout,
                  first_look, failures_, std::move(done));
}

// Runs do not tell when they are up; asking costs little, and only reloads ask.
void ManagedPipeline::look_whether_up(const std::shared_ptr<boost::asio::steady_timer>& timer,
                                      Clock::time_point deadline, Clock::duration pause,
                                      std::uint64_t failures,
                                      std::function<void(std::optional<std::string>)> done) {
  const bool nobody_wants_it = lifecycle_.wish() != Lifecycle::Wish::run;
  const bool at_rest = !lifecycle_.running() && (lifecycle_.rest() == Lifecycle::Rest::finished ||
                                                 lifecycle_.rest() == Lifecycle::Rest::ended);
  const bool up = run_ && run_->pipeline->status().up_since;
  if (nobody_wants_it || at_rest || up) {
    done(std::nullopt);
    return;
  }
  if (failures_ != failures || Clock::now() >= deadline) {
    done(failures_ != failures ? errors_.all().back().message : why_not_up());
    return;
  }
  timer->expires_at(std::min(deadline, Clock::now() + pause));
  timer->async_wait([weak = weak_from_this(), timer, deadline, pause, failures,
                     done = std::move(done)](const boost::system::error_code&) mutable {
    if (const auto self = weak.lock())
      self->look_whether_up(timer, deadline, std::min(2 * pause, rarest_look), failures, std::move(done));
  });
}

std::string ManagedPipeline::why_not_up() const {
  const PipelineView now = view();
  return now.reason.empty() ? fmt::format("it is still {}", to_string(now.state)) : now.reason;
}

void ManagedPipeline::wait_until_at_rest(Lifecycle::Wish wish, CommandDone done) {
  lifecycle_.wish(wish);
  const std::uint64_t failures = failures_;
  add_waiter(
      [this, wish, failures]() -> std::optional<CommandAnswer> {
        if (lifecycle_.wish() != wish)
          return CommandAnswer{CommandAnswer::Outcome::failed, "it was told something else meanwhile"};
        if (!at_rest()) return std::nullopt;
        if (failures_ != failures) return CommandAnswer{CommandAnswer::Outcome::failed, reason_};
        return CommandAnswer{CommandAnswer::Outcome::done,
                             lifecycle_.rest() == Lifecycle::Rest::finished ? "it has finished" : ""};
      },
      std::move(done));
  step();
}

void ManagedPipeline::add_waiter(std::function<std::optional<CommandAnswer>()> answer, CommandDone done) {
  waiters_.push_back({std::move(answer), std::move(done)});
}

void ManagedPipeline::answer_waiters() {
  const auto self = shared_from_this();
  // An answer may lead to the next command.
  std::vector<Waiter> waiting = std::exchange(waiters_, {});
  std::vector<std::pair<CommandDone, CommandAnswer>> answered;
  for (Waiter& each : waiting) {
    if (auto answer = each.answer()) {
      answered.emplace_back(std::move(each.done), std::move(*answer));
    } else {
      waiters_.push_back(std::move(each));
    }
  }
  for (auto& [done, answer] : answered)
    done(std::move(answer));
}

}  // namespace hiveframe::daemon
