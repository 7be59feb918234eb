// The process-wide budget of bytes held in batches: who may take how many, and who goes next.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <vector>

namespace hiveframe::runtime {

/// Half of the limit is guaranteed, in equal shares to the pipelines that are there; the other half is lent
/// to whoever asks first. A lone pipeline so has all of it. Lending unused guarantees as well would let one
/// dead sink keep its neighbours' bytes for as long as it is dead, so a guarantee is never lent.
///
/// A request is granted when one of these holds:
///   - its pipeline holds nothing: one request of any size always passes, so a record larger than every share
///     still gets through;
///   - it fits into its pipeline's guarantee;
///   - what all pipelines hold beyond their guarantees, with it, fits into the lent half.
/// Only sources wait. Transforms and sinks charge() what they need, and what they overdraw counts against the
/// next requests of their pipeline and against the lent half, never against another's guarantee.
///
/// held() <= limit() + what was charged + what pipelines that held nothing were granted beyond the rules.
/// When a pipeline arrives the guarantees shrink; until the others have given back what they held beyond
/// their new ones, the newcomer's guarantee is granted only as far as the limit has room for it, so that
/// memory stays within bounds.
///
/// Waiters go first come, first served within a pipeline. Among pipelines they are tried in order of arrival,
/// those within their guarantee first; one that does not fit lets later ones of other pipelines pass. It
/// cannot starve: its own pipeline's releases bring it below its guarantee, or to nothing.
///
/// Pure accounting, O(waiters) for a release while there are waiters and O(log pipelines) otherwise. Not
/// thread-safe: its owner guards it, for pipelines of several threads share it.
class Budget {
 public:
  using PipelineId = std::uint64_t;
  using WaiterId = std::uint64_t;

  struct Reservation {
    bool granted = false;
    WaiterId waiter = 0;  ///< when not granted: appears in take_granted() once it is
  };

  explicit Budget(std::uint64_t limit_bytes);

  PipelineId add_pipeline();
  /// The pipeline reads no more: its waiters are withdrawn and its guarantee goes to the others. It may go on
  /// releasing (and charging) until it holds nothing; only then is its id forgotten, and means nothing.
  void remove_pipeline(PipelineId pipeline);

  /// Granted: `bytes` are taken. Otherwise the request waits in line; when its turn comes the bytes are taken
  /// and its waiter id is among take_granted(), to be used or released.
  Reservation try_reserve(PipelineId pipeline, std::uint64_t bytes);

  /// Withdraws a request. False when it is not waiting: then it has been granted, and the bytes are the
  /// caller's to release.
  bool cancel(WaiterId waiter);

  /// Takes bytes if the rules grant them now, before those who wait: for what is under way already and will
  /// give its bytes back. The last quarter of the limit is left to others. Else false.
  bool try_charge(PipelineId pipeline, std::uint64_t bytes);

  /// Takes bytes at once, whether there is room or not.
  void charge(PipelineId pipeline, std::uint64_t bytes);

  /// Gives back bytes reserved or charged; more than the pipeline holds is taken as all it holds.
  void release(PipelineId pipeline, std::uint64_t bytes);

  /// The waiters granted since the last call, in the order they were granted. To be asked for after every
  /// other call but try_reserve and charge.
  std::vector<WaiterId> take_granted();

  std::uint64_t limit() const { return limit_; }
  std::uint64_t held() const { return held_; }
  std::uint64_t held(PipelineId pipeline) const;

 private:
  struct Account {
    std::uint64_t held = 0;
    std::uint64_t overdrawn = 0;  // the part of `held` that no rule but necessity granted
    std::size_t waiting = 0;
    bool leaving = false;
    std::uint64_t scan = 0;  // the last scan in which an earlier waiter of this pipeline had to stay
  };
  struct Waiter {
    WaiterId id;
    PipelineId pipeline;
    std::uint64_t bytes;
  };
  enum class Rule { none, guarantee, lent, holds_nothing };

  std::uint64_t guarantee_of(const Account& account) const { return account.leaving ? 0 : guarantee_; }
  std::uint64_t excess_of(const Account& account) const;
  bool within_guarantee(const Account& account, std::uint64_t bytes) const;
  Rule rule_for(const Account& account, std::uint64_t bytes) const;
  void take(Account& account, std::uint64_t bytes, Rule rule);
  void divide();
  void grant_waiters();

  std::uint64_t limit_;
  std::uint64_t guarantee_ = 0;  // of each pipeline that is not leaving
  std::uint64_t lendable_ = 0;   // the limit without the guarantees
  std::uint64_t held_ = 0;       // by all
  std::uint64_t overdrawn_ = 0;  // by all
  std::uint64_t excess_ = 0;     // held beyond the guarantees, by all
  std::map<PipelineId, Account> accounts_;
  std::list<Waiter> waiters_;  // in order of arrival
  std::vector<WaiterId> granted_;
  PipelineId next_pipeline_ = 1;
  WaiterId next_waiter_ = 1;
  std::uint64_t scan_ = 0;
};

}  // namespace hiveframe::runtime
