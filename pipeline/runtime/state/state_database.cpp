#include "pipeline/runtime/state/state_database.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "pipeline/errors.hpp"
#include "pipeline/runtime/state/fnv1a.hpp"

namespace hiveframe::runtime {

namespace {

using pipeline::Fatal;

// "HvSt": marks the file as ours in SQLite's header, https://www.sqlite.org/fileformat2.html#application_id
constexpr std::int64_t application_id = 0x48765374;
constexpr std::int64_t schema_version = 5;

// Names are text, so that a person can read them with any SQLite shell; what sources and sinks define is
// bytes. `hash` is of the other columns, see hash_columns().
constexpr const char* create_tables = R"sql(
  CREATE TABLE pipeline(
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    name TEXT NOT NULL, source_identity TEXT, phase INTEGER NOT NULL,
    hash INTEGER NOT NULL) STRICT;
  CREATE TABLE lane(
    lane TEXT PRIMARY KEY, identity TEXT NOT NULL, position BLOB NOT NULL,
    hash INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE sink_mark(
    sink TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    hash INTEGER NOT NULL, PRIMARY KEY (sink, key)) STRICT, WITHOUT ROWID;
  CREATE TABLE sink(
    sink TEXT PRIMARY KEY, hash INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array phases = {Phase::running, Phase::completing, Phase::starting_over};

std::int64_t number_of(Phase phase) {
  return std::find(phases.begin(), phases.end(), phase) - phases.begin();
}

std::string purpose(const std::string& pipeline) { return "use the state of pipeline '" + pipeline + "' in"; }

// With their lengths, so that no byte can move from one column to the next.
std::int64_t hash_columns(std::initializer_list<std::string_view> columns) {
  Fnv1a hash;
  for (const std::string_view column : columns)
    hash.add(std::to_string(column.size())).add(":").add(column);
  return static_cast<std::int64_t>(hash.value());
}

std::int64_t hash_of(const LaneState& lane) {
  return hash_columns({lane.lane, lane.identity, lane.position});
}
std::int64_t hash_of(const SinkMark& mark) { return hash_columns({mark.sink, mark.key, mark.value}); }

}  // namespace

StateStore::Database::Database(const std::filesystem::path& path, const std::string& pipeline)
    : connection_(path, purpose(pipeline)), path_(path), pipeline_(pipeline) {
  recognise();
  // Exclusive before the first use of the log: its index then lives in memory, and no shared memory file that
  // a full disk could turn into a SIGBUS is made.
  connection_.execute("PRAGMA locking_mode = EXCLUSIVE");
  connection_.execute("PRAGMA journal_mode = WAL");
  connection_.execute("PRAGMA synchronous = FULL");
  const std::string verdict = connection_.text("PRAGMA quick_check(1)");
  if (verdict != "ok") connection_.fail_damaged(verdict);
  std::string owner;
  // A lock for writing, kept in exclusive mode: a foreign program that has the file is noticed now.
  connection_.transaction([&] { owner = pipeline_row().name; });
  if (owner != pipeline_) {
    throw Fatal({purpose(pipeline_), path_.string(), "it belongs to pipeline '" + owner + "'",
                 "move it away, or give one of them another name"});
  }
}

// Nothing is written to a file before it is known to be ours.
void StateStore::Database::recognise() {
  std::error_code error;
  if (std::filesystem::file_size(path_, error) == 0 && !error) connection_.fail_damaged("the file is empty");
  if (connection_.integer("PRAGMA application_id") != application_id) {
    throw Fatal({purpose(pipeline_), path_.string(), "it is a database of another program",
                 "move it away, or use another state folder"});
  }
  const std::int64_t version = connection_.integer("PRAGMA user_version");
  if (version != schema_version) {
    throw Fatal(
        {purpose(pipeline_), path_.string(),
         "it is of version " + std::to_string(version) + ", and this program works with version " +
             std::to_string(schema_version),
         "run the version of this program that wrote it, or run once with --from-start: everything is "
         "read again"});
  }
}

void StateStore::Database::create(const std::filesystem::path& path, const std::string& pipeline) {
  SqliteConnection connection(path, purpose(pipeline));
  connection.execute("PRAGMA synchronous = FULL");
  connection.transaction([&] {
    connection.execute(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    connection.execute(("PRAGMA user_version = " + std::to_string(schema_version)).c_str());
    connection.execute(create_tables);
    store(connection, {pipeline, std::nullopt, 0});
  });
}

void StateStore::Database::store(SqliteConnection& connection, const PipelineRow& row) {
  SqliteStatement statement(connection, "INSERT OR REPLACE INTO pipeline VALUES (1, ?1, ?2, ?3, ?4)");
  statement.bind_text(1, row.name);
  if (row.source_identity) statement.bind_text(2, *row.source_identity);
  statement.bind_integer(3, row.phase).bind_integer(4, row.hash()).run();
}

StateStore::Database::PipelineRow StateStore::Database::pipeline_row() {
  SqliteStatement select(connection_, "SELECT name, source_identity, phase, hash FROM pipeline");
  if (!select.step()) connection_.fail_damaged("it names no pipeline");
  PipelineRow row{select.bytes(0), select.optional_bytes(1), select.integer(2)};
  if (select.integer(3) != row.hash()) connection_.fail_damaged("what it says of the pipeline has changed");
  return row;
}

std::int64_t StateStore::Database::PipelineRow::hash() const {
  return hash_columns(
      {name, source_identity ? "of" : "none", source_identity.value_or(""), std::to_string(phase)});
}

StateSnapshot StateStore::Database::load() {
  const PipelineRow row = pipeline_row();
  StateSnapshot snapshot;
  snapshot.source_identity = row.source_identity;
  if (row.phase < 0 || row.phase >= std::ssize(phases)) connection_.fail_damaged("its phase is unknown");
  snapshot.phase = phases.at(static_cast<std::size_t>(row.phase));
  SqliteStatement lanes(connection_, "SELECT lane, identity, position, hash FROM lane ORDER BY lane");
  while (lanes.step()) {
    LaneState lane{lanes.bytes(0), lanes.bytes(1), lanes.bytes(2)};
    if (lanes.integer(3) != hash_of(lane)) {
      connection_.fail_damaged("the position of '" + lane.lane + "' has changed since it was stored");
    }
    snapshot.lanes.push_back(std::move(lane));
  }
  SqliteStatement marks(connection_, "SELECT sink, key, value, hash FROM sink_mark ORDER BY sink, key");
  while (marks.step()) {
    SinkMark mark{marks.bytes(0), marks.bytes(1), marks.bytes(2)};
    if (marks.integer(3) != hash_of(mark)) {
      connection_.fail_damaged("the mark of '" + mark.key + "' has changed since it was stored");
    }
    snapshot.marks.push_back(std::move(mark));
  }
  SqliteStatement sinks(connection_, "SELECT sink, hash FROM sink");
  while (sinks.step()) {
    std::string sink = sinks.bytes(0);
    if (sinks.integer(1) != hash_columns({sink})) {
      connection_.fail_damaged("the sink '" + sink + "' has changed since it was stored");
    }
    snapshot.sinks.insert(std::move(sink));
  }
  return snapshot;
}

void StateStore::Database::commit(const StateChange& change) {
  connection_.transaction([&] {
    if (change.source_identity || change.phase) {
      PipelineRow row = pipeline_row();
      if (change.source_identity) row.source_identity = change.source_identity;
      if (change.phase) row.phase = number_of(*change.phase);
      store(connection_, row);
    }
    SqliteStatement store_lane(connection_, "INSERT OR REPLACE INTO lane VALUES (?1, ?2, ?3, ?4)");
    for (const LaneState& lane : change.lanes) {
      store_lane.bind_text(1, lane.lane)
          .bind_text(2, lane.identity)
          .bind_bytes(3, lane.position)
          .bind_integer(4, hash_of(lane))
          .run();
    }
    SqliteStatement erase_mark(connection_, "DELETE FROM sink_mark WHERE sink = ?1 AND key = ?2");
    for (const SinkMarkKey& mark : change.erased_marks) {
      erase_mark.bind_text(1, mark.sink).bind_text(2, mark.key).run();
    }
    SqliteStatement store_mark(connection_, "INSERT OR REPLACE INTO sink_mark VALUES (?1, ?2, ?3, ?4)");
    for (const SinkMark& mark : change.marks) {
      store_mark.bind_text(1, mark.sink)
          .bind_text(2, mark.key)
          .bind_bytes(3, mark.value)
          .bind_integer(4, hash_of(mark))
          .run();
    }
    if (!change.sinks) return;
    connection_.execute("DELETE FROM sink");
    SqliteStatement store_sink(connection_, "INSERT INTO sink VALUES (?1, ?2)");
    for (const std::string& sink : *change.sinks)
      store_sink.bind_text(1, sink).bind_integer(2, hash_columns({sink})).run();
  });
}

void StateStore::Database::start_over() {
  const bool marked = !load().marks.empty();
  connection_.transaction([&] {
    PipelineRow row = pipeline_row();
    row.source_identity.reset();
    row.phase = number_of(marked ? Phase::starting_over : Phase::running);
    store(connection_, row);
    connection_.execute("DELETE FROM lane");
    connection_.execute("DELETE FROM sink");
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
