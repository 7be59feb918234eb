#include "pipeline/runtime/flow/budget.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hiveframe::runtime {

namespace {

bool fits(std::uint64_t held, std::uint64_t bytes, std::uint64_t limit) {
  return held <= limit && bytes <= limit - held;
}

}  // namespace

Budget::Budget(std::uint64_t limit_bytes) : limit_(limit_bytes), lendable_(limit_bytes) {}

Budget::PipelineId Budget::add_pipeline() {
  const PipelineId pipeline = next_pipeline_++;
  accounts_.emplace(pipeline, Account{});
  divide();
  grant_waiters();
  return pipeline;
}

void Budget::remove_pipeline(PipelineId pipeline) {
  Account& account = accounts_.at(pipeline);
  account.leaving = true;
  account.waiting = 0;
  waiters_.remove_if([pipeline](const Waiter& waiter) { return waiter.pipeline == pipeline; });
  if (account.held == 0) accounts_.erase(pipeline);
  divide();
  grant_waiters();
}

void Budget::divide() {
  const auto sharers = static_cast<std::uint64_t>(std::count_if(
      accounts_.begin(), accounts_.end(), [](const auto& entry) { return !entry.second.leaving; }));
  guarantee_ = sharers == 0 ? 0 : limit_ / 2 / sharers;
  lendable_ = limit_ - guarantee_ * sharers;
  excess_ = 0;
  for (const auto& [id, account] : accounts_)
    excess_ += excess_of(account);
}

std::uint64_t Budget::excess_of(const Account& account) const {
  return account.held - std::min(account.held, guarantee_of(account));
}

bool Budget::within_guarantee(const Account& account, std::uint64_t bytes) const {
  return fits(account.held, bytes, guarantee_of(account));
}

Budget::Rule Budget::rule_for(const Account& account, std::uint64_t bytes) const {
  if (bytes == 0) return Rule::guarantee;
  // Fails only while the shares settle after a pipeline arrived. Then the excess is beyond what is lent, too:
  // if a request within its guarantee had no room, the others' reservations beyond theirs would have to be
  // more than the rest of the limit. So nobody can borrow while somebody waits for a guarantee.
  const bool has_room = fits(held_ - overdrawn_, bytes, limit_);
  if (has_room) {
    if (within_guarantee(account, bytes)) return Rule::guarantee;
    const std::uint64_t unused = guarantee_of(account) - std::min(account.held, guarantee_of(account));
    if (fits(excess_, bytes - unused, lendable_)) return Rule::lent;
  }
  return account.held == 0 ? Rule::holds_nothing : Rule::none;
}

void Budget::take(Account& account, std::uint64_t bytes, Rule rule) {
  excess_ -= excess_of(account);
  account.held += bytes;
  held_ += bytes;
  excess_ += excess_of(account);
  if (rule == Rule::none || rule == Rule::holds_nothing) {
    account.overdrawn += bytes;
    overdrawn_ += bytes;
  }
}

Budget::Reservation Budget::try_reserve(PipelineId pipeline, std::uint64_t bytes) {
  Account& account = accounts_.at(pipeline);
  assert(!account.leaving);
  if (account.waiting == 0) {
    const Rule rule = rule_for(account, bytes);
    if (rule != Rule::none) {
      take(account, bytes, rule);
      return {true, 0};
    }
  }
  const WaiterId id = next_waiter_++;
  waiters_.push_back({id, pipeline, bytes});
  ++account.waiting;
  return {false, id};
}

bool Budget::cancel(WaiterId waiter) {
  const auto found =
      std::find_if(waiters_.begin(), waiters_.end(), [waiter](const Waiter& w) { return w.id == waiter; });
  if (found == waiters_.end()) {
    granted_.erase(std::remove(granted_.begin(), granted_.end(), waiter), granted_.end());
    return false;
  }
  --accounts_.at(found->pipeline).waiting;
  waiters_.erase(found);
  grant_waiters();
  return true;
}

bool Budget::try_charge(PipelineId pipeline, std::uint64_t bytes) {
  const auto found = accounts_.find(pipeline);
  if (found == accounts_.end()) return false;
  const Rule rule = rule_for(found->second, bytes);
  if (rule == Rule::none || rule == Rule::holds_nothing || !fits(held_, bytes, limit_ - limit_ / 4))
    return false;
  take(found->second, bytes, rule);
  return true;
}

void Budget::charge(PipelineId pipeline, std::uint64_t bytes) {
  const auto found = accounts_.find(pipeline);
  if (found != accounts_.end()) take(found->second, bytes, Rule::none);
}

void Budget::release(PipelineId pipeline, std::uint64_t bytes) {
  const auto found = accounts_.find(pipeline);
  if (found == accounts_.end()) return;
  Account& account = found->second;
  bytes = std::min(bytes, account.held);
  excess_ -= excess_of(account);
  account.held -= bytes;
  held_ -= bytes;
  excess_ += excess_of(account);
  // Overdraft is paid back first: what remains is then the most that can count as reserved, so the room left
  // for others is never overstated.
  const std::uint64_t repaid = std::min(bytes, account.overdrawn);
  account.overdrawn -= repaid;
  overdrawn_ -= repaid;
  if (account.leaving && account.held == 0) accounts_.erase(found);
  grant_waiters();
}

// Grants only take, so one pass finds all that can be granted.
void Budget::grant_waiters() {
  if (waiters_.empty()) return;
  ++scan_;
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    Account& account = accounts_.at(waiter->pipeline);
    const Rule rule = account.scan == scan_ ? Rule::none : rule_for(account, waiter->bytes);
    if (rule == Rule::none) {
      account.scan = scan_;
      ++waiter;
      continue;
    }
    take(account, waiter->bytes, rule);
    --account.waiting;
    granted_.push_back(waiter->id);
    waiter = waiters_.erase(waiter);
  }
}

std::vector<Budget::WaiterId> Budget::take_granted() { return std::exchange(granted_, {}); }

std::uint64_t Budget::held(PipelineId pipeline) const {
  const auto found = accounts_.find(pipeline);
  return found == accounts_.end() ? 0 : found->second.held;
}

}  // namespace hiveframe::runtime
