// What a pipeline remembers from one run to the next.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hiveframe::runtime {

/// How far the pipeline is on its way.
enum class Phase {
  running,
  /// The last positions are stored, everything is durable under hidden names, and the sinks may be renaming.
  /// A run that finds this phase lets the sinks finish and then clears; it reads nothing.
  completing,
  /// It begins anew (--from-start): positions are forgotten, and the marks are what earlier runs left, for
  /// the sinks to mend their output by. Until every sink has, and the marks are its new ones, a run that
  /// finds this phase does so.
  starting_over,
};

/// Where the next run goes on in a lane. A row of the database.
struct LaneState {
  std::string lane;      ///< the source's name of the lane
  std::string identity;  ///< what the lane was when read: of a file its device, inode and content hash
  std::string position;  ///< opaque bytes of the source
  bool operator==(const LaneState&) const = default;
};

/// What a sink needs to resume: of a file that grows, its path (key) and its inode and length (value).
struct SinkMark {
  std::string sink;  ///< whose it is, wherever that stands in the pipeline, see Sink::identity()
  std::string key;
  std::string value;
  bool operator==(const SinkMark&) const = default;
};

/// Which mark, for what removes it.
struct SinkMarkKey {
  std::string sink;
  std::string key;
};

/// Everything stored, as it was when loaded.
struct StateSnapshot {
  std::optional<std::string> source_identity;  ///< none: nothing was ever stored
  Phase phase = Phase::running;
  std::vector<LaneState> lanes;  ///< by lane
  std::vector<SinkMark> marks;   ///< by sink, then key
  std::set<std::string> sinks;   ///< where the records behind the positions went
};

/// What belongs together. Erasures come first, so that one change may replace everything a sink stored.
struct StateChange {
  std::optional<std::string> source_identity = std::nullopt;
  std::optional<Phase> phase = std::nullopt;
  std::vector<LaneState> lanes = {};
  std::vector<SinkMarkKey> erased_marks = {};
  std::vector<SinkMark> marks = {};
  std::optional<std::set<std::string>> sinks = std::nullopt;  ///< all of them

  bool empty() const;
};

/// The file name, without extension, that stands for a pipeline's name in the state folder: the name with
/// everything but letters of ASCII, digits, '-', '_' and inner dots percent-encoded, and shortened to fit.
std::string state_file_stem(const std::string& pipeline);

/// None when the stored identity is the current one; else what to tell the user: both, and --from-start.
std::optional<std::string> check_identity(const std::string& pipeline, const std::string& stored,
                                          const std::string& current);

/// One SQLite database for one pipeline name, in the state folder, and the only one to have it open: a lock
/// on a file beside it is held from open to destruction.
///
/// Durability: WAL with synchronous=FULL, so that commit() returns when the change has been fsynced; commits
/// are gathered by the caller, and a lost one costs a repeat while a premature one would cost data. The lock
/// is ours alone, so SQLite runs in exclusive mode and needs no shared memory file.
///
/// Damage: SQLite's pages carry no checksums, so each row holds a hash of itself. A database is made under
/// another name and renamed when it is whole, so an empty one was cut. What is read is what was stored, or
/// Fatal says that it is damaged.
///
/// Blocking. One thread at a time, which need not be the one that opened it. Errors are
/// pipeline::Retryable (disk full, I/O error, a foreign program has the database locked) and pipeline::Fatal
/// (no permission, not our database, damaged, of another version, held by another process). After a Retryable
/// the same commit may be tried again; nothing of it, or all of it, is stored.
class StateStore {
 public:
  enum class Start {
    resume,
    /// Forgets the positions (--from-start): Phase::starting_over if there are marks. What is damaged or of
    /// another version is removed whole. A file that is not a state database is never removed.
    over,
  };

  /// `state_dir` is made if it is missing.
  StateStore(const std::filesystem::path& state_dir, const std::string& pipeline, Start start);
  ~StateStore();
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;

  StateSnapshot load();

  /// All of it or nothing, durable on return. Marks and lanes not named stay.
  void commit(const StateChange& change);

  /// The pipeline is done: removes the database and all that belongs to it, and gives up the lock. Nothing
  /// but destruction may follow, unless it throws; then it may be tried again.
  void clear();

  /// Why there are no marks for the sinks to mend their output by, though it started over: what was stored
  /// could not be read, for this reason. Empty: it could.
  const std::string& unreadable_because() const noexcept { return unreadable_because_; }

 private:
  class Database;
  class Lock;

  void make_database();
  void start_over();

  std::filesystem::path path_;
  std::string pipeline_;
  std::string unreadable_because_;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<Database> database_;
};

}  // namespace hiveframe::runtime
