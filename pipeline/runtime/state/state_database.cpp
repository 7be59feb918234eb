#include "pipeline/runtime/state/state_database.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {

namespace {

using pipeline::Fatal;

// "HvSt": marks the file as ours in SQLite's header, https://www.sqlite.org/fileformat2.html#application_id
constexpr std::int64_t application_id = 0x48765374;
constexpr std::int64_t schema_version = 1;

// Names are text, so that a person can read them with any SQLite shell; what sources and sinks define is
// bytes.
constexpr const char* create_tables = R"sql(
  CREATE TABLE pipeline(
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    name TEXT NOT NULL, source_identity TEXT, phase INTEGER NOT NULL, owner_epoch INTEGER NOT NULL) STRICT;
  CREATE TABLE lane(
    lane TEXT PRIMARY KEY, identity TEXT NOT NULL, position BLOB NOT NULL,
    finished INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE sink_mark(
    sink TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (sink, key)) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

StateStore::Database::Database(const std::filesystem::path& path, const std::string& pipeline)
    : connection_(path, "use the state of pipeline '" + pipeline + "' in"), path_(path), pipeline_(pipeline) {
  recognise();
  // Exclusive before the first use of the log: its index then lives in memory, and no shared memory file that
  // a full disk could turn into a SIGBUS is made.
  connection_.execute("PRAGMA locking_mode = EXCLUSIVE");
  connection_.execute("PRAGMA journal_mode = WAL");
  connection_.execute("PRAGMA synchronous = FULL");
  const std::string verdict = connection_.text("PRAGMA quick_check(1)");
  if (verdict != "ok") connection_.fail_damaged(verdict);
  if (connection_.integer("PRAGMA user_version") == 0) create();
  const std::string owner = connection_.text("SELECT name FROM pipeline");
  if (owner != pipeline_) {
    throw Fatal({"use the state of pipeline '" + pipeline_ + "' in", path_.string(),
                 "it belongs to pipeline '" + owner + "'", "move it away, or give one of them another name"});
  }
}

// Nothing is written to a file before it is known to be ours.
void StateStore::Database::recognise() {
  const std::int64_t id = connection_.integer("PRAGMA application_id");
  const std::int64_t version = connection_.integer("PRAGMA user_version");
  if (id == 0 && version == 0 && connection_.integer("SELECT count(*) FROM sqlite_schema") == 0) {
    // While the file is still without a log, so that the id stands in the file itself from the beginning.
    connection_.execute(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    return;
  }
  if (id != application_id) {
    throw Fatal({"use the state of pipeline '" + pipeline_ + "' in", path_.string(),
                 "it is a database of another program", "move it away, or use another state folder"});
  }
  if (version > schema_version) {
    throw Fatal(
        {"use the state of pipeline '" + pipeline_ + "' in", path_.string(),
         "it is of version " + std::to_string(version) + ", and this program knows up to " +
             std::to_string(schema_version),
         "run the newer program that wrote it, or run once with --from-start: everything is read again"});
  }
}

void StateStore::Database::create() {
  connection_.transaction([this] {
    connection_.execute(create_tables);
    SqliteStatement(connection_, "INSERT INTO pipeline VALUES (1, ?1, NULL, 0, 0)")
        .bind_text(1, pipeline_)
        .run();
    connection_.execute(("PRAGMA user_version = " + std::to_string(schema_version)).c_str());
  });
}

std::uint64_t StateStore::Database::next_owner_epoch(std::int64_t least) {
  std::int64_t epoch = 0;
  connection_.transaction([&] {
    epoch = std::max(connection_.integer("SELECT owner_epoch FROM pipeline") + 1, least);
    SqliteStatement(connection_, "UPDATE pipeline SET owner_epoch = ?1").bind_integer(1, epoch).run();
  });
  return static_cast<std::uint64_t>(epoch);
}

StateSnapshot StateStore::Database::load() {
  StateSnapshot snapshot;
  SqliteStatement pipeline(connection_, "SELECT source_identity, phase, owner_epoch FROM pipeline");
  if (pipeline.step()) {
    snapshot.source_identity = pipeline.optional_bytes(0);
    snapshot.phase = pipeline.integer(1) == 0 ? Phase::running : Phase::completing;
    snapshot.owner_epoch = static_cast<std::uint64_t>(pipeline.integer(2));
  }
  SqliteStatement lanes(connection_, "SELECT lane, identity, position, finished FROM lane ORDER BY lane");
  while (lanes.step()) {
    snapshot.lanes.push_back({lanes.bytes(0), lanes.bytes(1), lanes.bytes(2), lanes.integer(3) != 0});
  }
  SqliteStatement marks(connection_, "SELECT sink, key, value FROM sink_mark ORDER BY sink, key");
  while (marks.step())
    snapshot.marks.push_back({marks.bytes(0), marks.bytes(1), marks.bytes(2)});
  return snapshot;
}

void StateStore::Database::commit(const StateChange& change) {
  connection_.transaction([&] {
    if (change.source_identity) {
      SqliteStatement(connection_, "UPDATE pipeline SET source_identity = ?1")
          .bind_text(1, *change.source_identity)
          .run();
    }
    if (change.phase) {
      SqliteStatement(connection_, "UPDATE pipeline SET phase = ?1")
          .bind_integer(1, *change.phase == Phase::running ? 0 : 1)
          .run();
    }
    SqliteStatement erase_lane(connection_, "DELETE FROM lane WHERE lane = ?1");
    for (const std::string& lane : change.erased_lanes)
      erase_lane.bind_text(1, lane).run();
    SqliteStatement store_lane(connection_, "INSERT OR REPLACE INTO lane VALUES (?1, ?2, ?3, ?4)");
    for (const LaneState& lane : change.lanes) {
      store_lane.bind_text(1, lane.lane)
          .bind_text(2, lane.identity)
          .bind_bytes(3, lane.position)
          .bind_integer(4, lane.finished ? 1 : 0)
          .run();
    }
    SqliteStatement erase_mark(connection_, "DELETE FROM sink_mark WHERE sink = ?1 AND key = ?2");
    for (const SinkMarkKey& mark : change.erased_marks) {
      erase_mark.bind_text(1, mark.sink).bind_text(2, mark.key).run();
    }
    SqliteStatement store_mark(connection_, "INSERT OR REPLACE INTO sink_mark VALUES (?1, ?2, ?3)");
    for (const SinkMark& mark : change.marks) {
      store_mark.bind_text(1, mark.sink).bind_text(2, mark.key).bind_bytes(3, mark.value).run();
    }
  });
}

bool StateStore::Database::is_state_database(const std::filesystem::path& path) {
  constexpr std::size_t id_offset = 68;
  constexpr char magic[] = "SQLite format 3";  // with its terminating zero, 16 bytes
  std::array<unsigned char, id_offset + 4> header{};
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(header.data()), static_cast<std::streamsize>(header.size()));
  if (file.gcount() == 0) return !file.bad();
  if (file.gcount() != static_cast<std::streamsize>(header.size())) return false;
  std::int64_t id = 0;
  for (std::size_t i = id_offset; i < header.size(); ++i)
    id = id << 8 | header[i];
  return std::memcmp(header.data(), magic, sizeof magic) == 0 && id == application_id;
}

}  // namespace hiveframe::runtime
