#include "tests/connectors/ledger/database.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::ledger {
namespace {

using pipeline::Fatal;
using pipeline::Retryable;

constexpr int busy_timeout_ms = 1000;
constexpr const char* tables = R"(
  CREATE TABLE IF NOT EXISTS rows (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, line TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS lanes (
    pipeline TEXT NOT NULL, lane TEXT NOT NULL, position TEXT, owner INTEGER NOT NULL,
    PRIMARY KEY (pipeline, lane)) WITHOUT ROWID;
)";

}  // namespace

/// Begun at once with the right to write; rolled back unless it was committed.
class Database::Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }
  ~Transaction() {
    if (sqlite3_get_autocommit(database_.handle_) == 0)
      sqlite3_exec(database_.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() { database_.execute("COMMIT"); }

 private:
  Database& database_;
};

Database::Database(std::string path, std::string pipeline)
    : path_(std::move(path)), pipeline_(std::move(pipeline)) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int result = sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr);
  try {
    if (result != SQLITE_OK) fail(result);
    create();
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Database::~Database() { sqlite3_close(handle_); }

void Database::create() {
  sqlite3_busy_timeout(handle_, busy_timeout_ms);
  execute("PRAGMA journal_mode = WAL");
  execute("PRAGMA synchronous = FULL");
  Transaction transaction(*this);
  execute(tables);
  transaction.commit();
}

std::int64_t Database::take_over(const std::vector<std::string>& lanes,
                                 std::vector<std::optional<pipeline::Position>>& positions) {
  Transaction transaction(*this);
  const Statement newest = prepare("SELECT coalesce(max(owner), 0) + 1 FROM lanes");
  step(newest);
  const std::int64_t owner = sqlite3_column_int64(newest.get(), 0);
  for (const std::string& lane : lanes) {
    positions.push_back(stored(lane));
    const Statement take = prepare(
        "INSERT INTO lanes (pipeline, lane, owner) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (pipeline, lane) DO UPDATE SET owner = excluded.owner");
    bind(take, 1, pipeline_);
    bind(take, 2, lane);
    bind(take, 3, owner);
    run(take);
  }
  transaction.commit();
  return owner;
}

void Database::commit(const Commit& commit) {
  Transaction transaction(*this);
  bool there = !commit.positions.empty();
  for (std::size_t i = 0; i < commit.positions.size(); ++i) {
    const pipeline::LanePosition& each = commit.positions[i];
    there = there && stored(each.lane) == each.position;
    const Statement move =
        prepare("UPDATE lanes SET position = ?1 WHERE pipeline = ?2 AND lane = ?3 AND owner = ?4");
    bind(move, 1, each.position);
    bind(move, 2, pipeline_);
    bind(move, 3, each.lane);
    bind(move, 4, commit.owners[i]);
    run(move);
    if (sqlite3_changes(handle_) == 0) fail_fenced(each.lane);
  }
  // An earlier try whose outcome was not known had happened.
  if (there) return;
  const Statement insert = prepare("INSERT INTO rows (id, line) VALUES (?1, ?2)");
  for (const Row& row : commit.rows) {
    bind(insert, 1, row.id);
    bind(insert, 2, row.line);
    run(insert);
  }
  transaction.commit();
}

std::optional<pipeline::Position> Database::stored(std::string_view lane) {
  const Statement select = prepare("SELECT position FROM lanes WHERE pipeline = ?1 AND lane = ?2");
  bind(select, 1, pipeline_);
  bind(select, 2, lane);
  const bool found = step(select);
  if (!found || sqlite3_column_type(select.get(), 0) == SQLITE_NULL) return std::nullopt;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(select.get(), 0));
  const int length = sqlite3_column_bytes(select.get(), 0);
  return pipeline::Position(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(length));
}

void Database::execute(const char* sql) {
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(result);
}

Database::Statement Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr);
  if (result != SQLITE_OK) fail(result);
  return Statement(statement);
}

void Database::bind(const Statement& statement, int parameter, std::string_view bytes) {
  const int result = sqlite3_bind_text64(statement.get(), parameter, bytes.empty() ? "" : bytes.data(),
                                         bytes.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (result != SQLITE_OK) fail(result);
}

void Database::bind(const Statement& statement, int parameter, std::int64_t value) {
  const int result = sqlite3_bind_int64(statement.get(), parameter, value);
  if (result != SQLITE_OK) fail(result);
}

bool Database::step(const Statement& statement) {
  const int result = sqlite3_step(statement.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE) fail(result);
  return result == SQLITE_ROW;
}

void Database::run(const Statement& statement) {
  while (step(statement)) {
  }
  sqlite3_reset(statement.get());
}

void Database::fail(int result) const {
  const std::string answer = handle_ == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle_);
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      throw Retryable({"commit to", path_, answer, "another process writes to it"});
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw Retryable({"commit to", path_, answer, "make room on its disk"}, true);
    default:
      throw Fatal({"commit to", path_, answer, "see that it is a ledger, and that it may be written to"});
  }
}

void Database::fail_fenced(const std::string& lane) const {
  throw Fatal(
      {"commit to", path_, "another process has taken over " + lane + " of pipeline " + pipeline_,
       "let only one process run this pipeline: nothing is lost, and what this one had not committed is "
       "written by the other"});
}

}  // namespace hiveframe::connectors::ledger
