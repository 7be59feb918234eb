#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ack.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/slice.hpp"
#include "pipeline/report.hpp"
#include "pipeline/source.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::expr {
class Template;
}

namespace hiveframe::pipeline {

/// One write: slices of one or several lanes, in order. The records are counted through all slices.
struct WriteRequest {
  std::vector<record::Slice> slices;
  /// Said when everything in the request (less what was rejected) is durable: at once, or moved out and
  /// said at a flush. A write that throws leaves it here.
  Ack ack;

  [[nodiscard]] std::size_t records() const noexcept {
    std::size_t total = 0;
    for (const record::Slice& slice : slices)
      total += slice.size();
    return total;
  }
};

/// A record that the sink refuses while the others of the request were taken.
struct Rejection {
  std::size_t record = 0;  ///< counted through all slices of the request
  record::DataError error;
};

/// The sink refused the whole request because of its data, wrote nothing of it, and cannot tell which
/// record it is: the runtime halves the request until it knows.
class BadBatch {
 public:
  explicit BadBatch(record::DataError error) : error_(std::move(error)) {}
  [[nodiscard]] const record::DataError& error() const noexcept { return error_; }

 private:
  record::DataError error_;
};

/// What a sink knows of its output that a later process must know too (a file's inode and length).
/// Stored in one transaction with the positions that it covers: a sink sets its marks before it says
/// the acks. Thread-safe.
class ResumeMarks {
 public:
  virtual ~ResumeMarks() = default;
  virtual void set(std::string key, std::string bytes) = 0;
  virtual void erase(std::string key) = 0;
  /// Returns when everything set so far is stored: for what must be known before the output is touched.
  /// Awaited by the sink within its own calls, on the pipeline's strand. At once where nothing is stored.
  virtual Task<void> store();
};

/// What the runtime gives a sink at open(). Outlives the sink.
struct SinkContext {
  /// What a line begins with that the sink logs: "[orders] sinks[1]".
  [[nodiscard]] std::string speaker() const { return "[" + pipeline + "] " + name; }

  ResumeMarks* marks = nullptr;
  std::map<std::string, std::string> stored_marks;  ///< as an earlier process left them
  /// The earlier process had everything durable and was publishing it: complete() follows at once.
  bool completing = false;
  /// Of the whole process, in bytes: what a client's own queue may hold is a part of it. 0: not known.
  std::uint64_t memory_limit = 0;
  /// The pipeline's name: lanes are its own, so what is stored by lane is stored by pipeline and lane.
  std::string pipeline = {};
  /// Outlives the sink; null where nobody listens.
  Report* report = nullptr;
  /// With exactly_once, the source's: see Source::membership(). Else null.
  std::function<std::string()> membership = {};
  /// What it is called in its pipeline: "sink", "sinks[1]" or "dead_letter".
  std::string name = {};
  /// What was written behind the marks comes again. False at most once: what of it is whole is to stay.
  bool comes_again = true;
  /// The run that left the marks is gone on with. False (`--from-start`): everything comes again, so what it
  /// left half-written is made whole or removed, and what it had not shown yet is removed.
  bool goes_on = true;
};

/// What a sink declares of itself, fixed while it lives.
struct SinkTraits {
  /// The format it takes records in, encoded by the workers; nullptr: it takes trees.
  const codec::Format* format = nullptr;
  /// Requests it can take at the same time: of different lanes, and of the same one only if the user gave
  /// up its order.
  std::size_t concurrency = 1;
  /// Its writes get cheaper when records are gathered first, so it waits a little for more, unless the user
  /// said how long.
  bool gains_by_waiting = false;
  /// Limits of one request, unless the user gave others; 0: the pipeline's.
  std::size_t batch_records = 0;
  std::size_t batch_bytes = 0;
  /// A request is to hold whole batches of its lane, beyond these limits if need be: of a sink that commits
  /// several requests together, so that a commit that fails takes no half of a batch along.
  bool whole_batches = false;
  /// Per-record settings (a path, a topic), settled by the workers: Slice::computed. They outlive it.
  std::vector<const expr::Template*> computed;
};

/// Where records go. A sink that keeps order while much is under way (a Kafka producer) answers a write when
/// its queue has taken it, and says the ack when the broker has. One object for each `sink:`, driven by the
/// pipeline's strand; it does its blocking work on threads of its own. Order of calls: open, writes and
/// flushes, complete (only when the source has ended and everything is acked), close.
class Sink {
 public:
  virtual ~Sink() = default;

  [[nodiscard]] virtual SinkTraits traits() const = 0;
  /// The configured location, made absolute, without secrets: its marks are stored under it, and belong to
  /// the sink that has it in a later run, wherever it stands in the configuration. Empty: it sets no marks.
  [[nodiscard]] virtual std::string identity() const { return {}; }

  /// Connects; brings its output to the state of the marks. Throws Retryable, after which it is called
  /// again, or Fatal.
  virtual Task<void> open(SinkContext context) = 0;
  /// Takes a request: when it returns, the sink needs the slices no more. Throws Retryable (the runtime
  /// will write it again), BadBatch, or Fatal. Returns the records it refused, by rising index.
  virtual Task<std::vector<Rejection>> write(WriteRequest& request) = 0;
  /// Makes durable what was taken, and says the acks kept. Throws as write() does; acks not said by then
  /// are dropped, and their lanes are read again.
  virtual Task<void> flush() = 0;
  /// Publishes the finished output (renames hidden files). May be called again after a crash.
  virtual Task<void> complete();
  /// Lets go of everything; output that is not complete stays for a later process.
  virtual Task<void> close() = 0;
  /// Makes every pending call return soon, by Retryable or normally. From any thread.
  virtual void cancel() noexcept = 0;
};

/// A sink that stores positions with the records, in one commit: exactly once. It is fenced: a process
/// that lost its lane cannot commit over the new owner.
class Transactional {
 public:
  virtual ~Transactional() = default;

  /// Takes ownership of the lanes and returns the positions they were committed at (none: a new lane).
  /// Called at every assignment; earlier owners are fenced from then on.
  virtual Task<std::vector<std::optional<Position>>> stored_positions(std::vector<std::string> lanes) = 0;
  /// Writes the request and the positions in one commit. It is durable when it returns, and the ack is said
  /// by the runtime; or the sink has moved the ack out, and says it when the commit is made that this is part
  /// of: at a flush, or before. A request without records still moves the positions. Throws Retryable: the
  /// same request comes again, and where the outcome was unknown the sink finds out whether it is there.
  /// BadBatch: one record alone is never refused beside others that are taken, for its letter must be durable
  /// first. Fatal when fenced.
  virtual Task<void> write(WriteRequest& request, std::vector<LanePosition> positions) = 0;
};

}  // namespace hiveframe::pipeline
