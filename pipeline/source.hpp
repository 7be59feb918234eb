#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/record/data_error.hpp"
#include "pipeline/record/storage.hpp"
#include "pipeline/report.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::codec {
struct Format;
}

namespace hiveframe::pipeline {

/// Where reading a lane goes on: opaque bytes of the source that wrote them.
using Position = std::string;

/// How much one read may bring.
struct ReadLimits {
  std::size_t bytes = 0;  ///< of source bytes; a single longer record is still read whole
  std::size_t records = 0;
  std::size_t max_record_bytes = 0;  ///< a longer one is skipped while streaming, and refused
  /// Bytes that the lane may hold of a record that is not whole yet; not less than twice `bytes`.
  std::size_t held = SIZE_MAX;
  /// What max_record_bytes is, for people: what the user would change.
  std::string_view longest = "max_record_bytes";
  /// Of the whole process; 0: not known. What a lane holds beside its batches is to be a small part of it.
  std::uint64_t memory_limit = 0;
};

/// A record that the source could not take in. It goes to `on_error` in its place among the others.
struct RefusedRecord {
  record::DataError error;
  std::string place;  ///< for people: "orders.ndjson line 17"
  std::string head;   ///< its bytes, or the first 64 KiB of them
  std::uint64_t length = 0;
  std::string sha256;      ///< hex, of all its bytes; empty if `head` is the whole record
  Position position;       ///< reading from there begins with it
  std::size_t before = 0;  ///< it stands before this record of the batch
};

/// What one read brought: records in the order of the lane, not decoded yet unless `Storage::format`
/// is empty (then every record has its tree).
struct ReadBatch {
  std::unique_ptr<record::Storage> storage;  ///< may hold no records; never null
  std::vector<RefusedRecord> refused;
  Position end;              ///< after the last record or refusal
  bool end_of_lane = false;  ///< nothing will follow, ever
  /// Not 0: nothing came, because a record goes on beyond ReadLimits::held. Read again with so much.
  std::size_t wants = 0;
};

/// One ordered stream of a source: a file, a Kafka partition, a range of a table. Made by the source,
/// owned by the runtime, which calls one method at a time.
class Lane {
 public:
  virtual ~Lane() = default;

  /// Names the lane within its source, for good: an absolute path, "orders-3".
  [[nodiscard]] virtual const std::string& id() const noexcept = 0;
  /// What tells it from another of the same id (device, inode, hash of the beginning); compared with
  /// what is stored before a stored position is used. Empty: nothing to compare.
  [[nodiscard]] virtual std::string identity() const { return {}; }
  /// Whether an identity stored earlier was of this very lane, which may have grown since. Asked before
  /// the first seek().
  [[nodiscard]] virtual bool is_same(std::string_view stored_identity) const {
    return stored_identity == identity();
  }
  /// The bytes there will be, if known: for progress.
  [[nodiscard]] virtual std::optional<std::uint64_t> expected_bytes() const { return std::nullopt; }

  /// Goes to `position`, or where the configuration says if there is none. Called before the first
  /// read, and again when the lane is rewound: only then by sources that are replayable.
  virtual Task<void> seek(std::optional<Position> position) = 0;
  /// The next records; waits for at least one, the end, cancel() of the source or stop_waiting()
  /// (then an empty batch without end_of_lane). Throws Retryable, after which it is called again, or Fatal.
  virtual Task<ReadBatch> read(ReadLimits limits) = 0;
  /// A read that waits, or the next one, returns without waiting for more, if need be an empty batch: the
  /// lane is to be rewound. For lanes whose records may be long in coming.
  virtual void stop_waiting() noexcept {}
  /// Where reading would begin with this record of a batch that read() brought.
  [[nodiscard]] virtual Position position_of(const record::Storage& storage,
                                             const record::Record& record) const = 0;
  /// For people and dead letters: "orders.ndjson line 17".
  [[nodiscard]] virtual std::string place_of(const record::Storage& storage,
                                             const record::Record& record) const = 0;
};

/// A lane begins. With an exactly-once sink it is opened at the sink's position, else at the stored one.
struct LaneOpened {
  std::unique_ptr<Lane> lane;
};
/// A lane is taken away (a Kafka rebalance). The runtime stops reading it, drains what is in flight
/// until `deadline`, commits, and refuses later acks; then it calls Source::released(). A read of the lane
/// that is waiting must end with an empty batch when this event is given.
struct LaneRevoked {
  std::string id;
  std::chrono::steady_clock::time_point deadline;
};
/// No lane will be opened any more: the pipeline is bounded, and done when its lanes have ended.
struct NoMoreLanes {};

using LaneEvent = std::variant<LaneOpened, LaneRevoked, NoMoreLanes>;

/// How far a lane is done, for Source::commit().
struct LanePosition {
  std::string lane;
  Position position;
};

/// What a source declares of itself, fixed while it lives.
struct SourceTraits {
  bool replayable = true;      ///< can seek back; otherwise the runtime keeps its bytes until they are acked
  bool keeps_position = true;  ///< positions mean something to a later process, so they are stored
  /// It is commit() that stores them, where other processes go on by them, too: the runtime then stores none
  /// of its own, and seeks only to rewind a lane or where a transactional sink stands.
  bool position_at_source = false;
};

/// What the runtime gives a source at open().
struct SourceContext {
  std::string pipeline = {};  ///< its name, for messages
  std::uint64_t memory_limit =
      0;                     ///< of the whole process, in bytes: what a client fetches ahead is a part of it
  bool from_start = false;   ///< `--from-start`: positions that the source stored itself are not gone by
  Report* report = nullptr;  ///< outlives the source; null where nobody listens
};

/// Where records come from. One object a pipeline, driven by the pipeline's strand; it does its blocking
/// work on threads of its own. Order of calls: open, then next() and lanes' reads side by side, commit
/// at any time between, close. See pipeline/README.md for how a Kafka rebalance and a transaction map.
class Source {
 public:
  virtual ~Source() = default;

  /// Asked after open(): only then a file source knows whether its path is a FIFO.
  [[nodiscard]] virtual SourceTraits traits() const noexcept = 0;
  /// The configured location, made absolute, without secrets: stored beside positions and compared. Asked
  /// before open(), too.
  [[nodiscard]] virtual std::string identity() const = 0;
  /// The format that undecoded records are in; nullptr: it makes trees, or, before open(), cannot tell.
  [[nodiscard]] virtual const codec::Format* format() const noexcept = 0;

  /// Connects, or finds its files. Throws Retryable, after which it is called again, or Fatal.
  virtual Task<void> open(SourceContext context) = 0;
  /// Waits for the next change of lanes. Not called again after NoMoreLanes.
  virtual Task<LaneEvent> next() = 0;
  /// Everything up to these positions is durable in every sink and stored. For brokers that keep
  /// offsets, and files that are to be deleted when done.
  virtual Task<void> commit(std::vector<LanePosition> positions);
  /// What a transaction is bound to that commits positions of this source together with records: opaque,
  /// other whenever lanes may have changed hands, so that a commit fails if this process has lost its lanes
  /// meanwhile. Asked once, after open(). The function returns at once, from any thread, and may be called as
  /// long as the sinks live. Null: positions of this source are bound to nothing.
  [[nodiscard]] virtual std::function<std::string()> membership() { return nullptr; }
  /// The runtime is done with a lane that was revoked; its Lane object is gone.
  virtual void released(const std::string& /*lane*/) {}
  virtual Task<void> close() = 0;
  /// Makes every pending and later open(), next() and read() return soon. From any thread.
  virtual void cancel() noexcept = 0;
};

}  // namespace hiveframe::pipeline
