#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/dead_letters.hpp"
#include "pipeline/runtime/exec/outlet.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/status_board.hpp"
#include "pipeline/runtime/state/state_store.hpp"

namespace hiveframe::runtime {

/// All ways out of a run: an outlet for each sink, and one more for dead letters where there is a sink for
/// them. Owned by the run. On the strand.
class OutletSet {
 public:
  OutletSet(RunContext& context, const StatusBoard& board) : context_(context), board_(board) {}

  /// Makes the sinks and brings them up with the marks that earlier runs left, each with those that were set
  /// by the sink of its identity. False if the run was ended meanwhile. Throws Fatal, before any sink is
  /// opened, if marks are of a sink that is not there any more, unless the pipeline starts over.
  pipeline::Task<bool> open(const StateSnapshot& stored);
  /// Starts the writers. The directories outlive them.
  void start(const LaneDirectory& lanes, const LaneDirectory& letters);

  /// The sinks', in the order they are configured in.
  [[nodiscard]] const std::vector<std::unique_ptr<Outlet>>& routes() const noexcept { return routes_; }
  /// Null unless there is a sink for them.
  [[nodiscard]] DeadLetters* dead_letters() const noexcept { return dead_letters_.get(); }
  /// The sinks', and that of dead letters behind them.
  [[nodiscard]] const std::vector<Outlet*>& all() const noexcept { return all_; }

  /// Of what is stored: where records go, without that of dead letters. Once they are made.
  [[nodiscard]] std::set<std::string> places() const;

  // The following are for all of them; Outlet says what they do.
  void request_flush();
  void hurry();
  [[nodiscard]] bool flush_pending() const;
  void wake();
  void abort();
  /// Letters come last, for what is refused while the sinks drain becomes one.
  pipeline::Task<void> drain();
  /// False if the run was ended meanwhile.
  pipeline::Task<bool> complete();
  /// Closes the sinks side by side, but for those with a call under way: for them it is called again.
  pipeline::Task<void> close();
  /// What failed while they closed, if anything did.
  [[nodiscard]] std::optional<std::string> close_failure() const;
  /// Destroys them. Acks that they kept come back to the strand once more.
  void clear();

 private:
  using OwnMarks = std::map<std::string, std::string>;

  void make();
  void tell_of_new(const std::set<std::string>& earlier) const;
  void check_left_over(const std::map<std::string, OwnMarks>& marks, Phase phase) const;

  RunContext& context_;
  const StatusBoard& board_;
  std::vector<std::unique_ptr<Outlet>> routes_;
  std::unique_ptr<Outlet> letters_outlet_;
  std::unique_ptr<DeadLetters> dead_letters_;
  std::vector<Outlet*> all_;
  Signal closed_;
};

}  // namespace hiveframe::runtime
