#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/record/data_error.hpp"
#include "pipeline/runtime/exec/batch_tally.hpp"
#include "pipeline/runtime/exec/outlet.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/worker.hpp"

namespace hiveframe::runtime {

/// A bad record, as it is told of and written to the dead-letter sink.
struct Letter {
  std::string stage;  ///< where it was found bad
  record::DataError error;
  std::string place;         ///< "orders.ndjson line 17"
  std::string original;      ///< byte for byte, or the head of a record that was too long
  std::uint64_t length = 0;  ///< of the whole record
  std::string sha256;        ///< of the whole record, where `original` is only its head; else empty
  /// How often it was tried until it was given up: of one that a sink refused, the writes that it was part
  /// of, the failed ones and those of batches that were refused whole for it included, since its lane was
  /// last read. What is found bad before is bad the first time.
  std::uint32_t attempts = 1;
};

/// Writes bad records, with all that is needed to mend and replay them, to a sink of its own. A letter is a
/// duty of its batch's ticket: while the letter cannot be delivered its batch is not done. On the strand.
class DeadLetters {
 public:
  DeadLetters(RunContext& context, Outlet& outlet);

  /// Queues letters. `address` says whose they are; its slice is not looked at. False: the run is being
  /// aborted.
  pipeline::Task<bool> send(std::vector<Letter> letters, Parcel address);
  /// The same, and returns when they are durable and what the sink marked of them is stored, or false.
  pipeline::Task<bool> deliver(std::vector<Letter> letters, std::size_t lane,
                               std::shared_ptr<BatchTally> tally);
  /// Looks again at what the run wants: it drains or aborts.
  void wake() { storing_.wake(); }

 private:
  record::Value describe(const Letter& letter, record::Arena& arena) const;
  pipeline::Task<bool> store_marks();

  RunContext& context_;
  Outlet& outlet_;
  Worker worker_;
  RetryLoop storing_;
};

}  // namespace hiveframe::runtime
