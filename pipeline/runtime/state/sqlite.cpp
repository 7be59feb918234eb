#include "pipeline/runtime/state/sqlite.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {

namespace {

using pipeline::ErrorKind;
using pipeline::Fatal;
using pipeline::Retryable;

// A person with an SQLite shell in the same file is the only other party; two seconds let a query end.
constexpr int busy_timeout_ms = 2000;

std::string advice_for_io(int error_number) {
  const std::string_view advice = pipeline::file_error_advice(error_number);
  return std::string(advice.empty() ? pipeline::file_error_advice(EIO) : advice);
}

// A daemon has a connection for each pipeline, and each looks at a few pages: it takes memory for these, and
// not 200 KiB for what it might look at. Before SQLite is used for the first time.
bool take_no_memory_ahead() {
  return sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0) == SQLITE_OK &&
         sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK;
}

}  // namespace

SqliteConnection::SqliteConnection(std::filesystem::path path, std::string purpose)
    : path_(std::move(path)), purpose_(std::move(purpose)) {
  static const bool frugal = take_no_memory_ahead();
  static_cast<void>(frugal);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int result = sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr);
  if (result != SQLITE_OK) {
    try {
      fail(result);
    } catch (...) {
      sqlite3_close(handle_);
      throw;
    }
  }
  sqlite3_busy_timeout(handle_, busy_timeout_ms);
}

SqliteConnection::~SqliteConnection() { sqlite3_close(handle_); }

void SqliteConnection::execute(const char* sql) {
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(result);
}

std::int64_t SqliteConnection::integer(const char* sql) {
  SqliteStatement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string SqliteConnection::text(const char* sql) {
  SqliteStatement statement(*this, sql);
  return statement.step() ? statement.bytes(0) : std::string();
}

void SqliteConnection::roll_back() {
  // Some errors have rolled back already; then there is nothing to do, and no error of its own to report.
  if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteConnection::skip_checkpoint_on_close() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void SqliteConnection::fail_damaged(const std::string& answer) const {
  throw Fatal(
      {purpose_, path_.string(), "the database is damaged (" + answer + ")",
       "keep a copy if you want it examined, then run once with --from-start: everything is read again"});
}

void SqliteConnection::fail(int result) const {
  const int error_number = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_);
  std::string answer = handle_ == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle_);
  switch (result & 0xff) {
    case SQLITE_FULL:
      throw Retryable({purpose_, path_.string(), answer, advice_for_io(ENOSPC)});
    case SQLITE_NOMEM:
      throw Retryable({purpose_, path_.string(), answer, advice_for_io(ENOMEM)});
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      throw Retryable({purpose_, path_.string(), answer, "close the program that has this database open"});
    case SQLITE_IOERR:
      if (result == SQLITE_IOERR_CORRUPTFS) break;
      if (error_number != 0) answer += " (" + std::generic_category().message(error_number) + ")";
      throw Retryable({purpose_, path_.string(), answer, advice_for_io(error_number)}, at_commit_);
    // Our statements are fixed, and what they store fits their tables: these say that the tables are not as
    // we made them.
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
    case SQLITE_CORRUPT:
      fail_damaged(answer);
    case SQLITE_NOTADB:
      throw Fatal({purpose_, path_.string(), "this file is not a database",
                   "move it away, or use another state folder"});
    case SQLITE_READONLY:
      if (result == SQLITE_READONLY_DBMOVED) {
        throw Fatal({purpose_, path_.string(), "the file was moved or removed while it was open",
                     "put it back, or start again: what was not stored is read again"});
      }
      // It is the header that may forbid it, too.
      if (result == SQLITE_READONLY && ::faccessat(AT_FDCWD, path_.c_str(), W_OK, AT_EACCESS) == 0)
        fail_damaged(answer);
      throw Fatal({purpose_, path_.string(), answer, std::string(pipeline::file_error_advice(EACCES))});
    case SQLITE_CANTOPEN:
      if (error_number != 0) {
        answer += " (" + std::generic_category().message(error_number) + ")";
        if (pipeline::classify_file_error(error_number) == ErrorKind::retryable) {
          throw Retryable({purpose_, path_.string(), answer, advice_for_io(error_number)});
        }
      }
      throw Fatal({purpose_, path_.string(), answer,
                   "check that the state folder and the files in it belong to the user that runs this"});
    default:
      break;
  }
  throw Fatal({purpose_, path_.string(), answer + " (SQLite result " + std::to_string(result) + ")",
               "check the disk and the kernel log"});
}

SqliteStatement::SqliteStatement(SqliteConnection& connection, const char* sql) : connection_(connection) {
  check(sqlite3_prepare_v2(connection_.handle(), sql, -1, &statement_, nullptr));
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void SqliteStatement::check(int result) const {
  if (result != SQLITE_OK) connection_.fail(result);
}

SqliteStatement& SqliteStatement::bind_integer(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, parameter, value));
  return *this;
}

// An empty view may have a null pointer, which SQLite would take for NULL.
SqliteStatement& SqliteStatement::bind_text(int parameter, std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(statement_, parameter, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

SqliteStatement& SqliteStatement::bind_bytes(int parameter, std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_blob64(statement_, parameter, data, value.size(), SQLITE_STATIC));
  return *this;
}

void SqliteStatement::run() {
  while (step()) {
  }
  check(sqlite3_reset(statement_));
}

bool SqliteStatement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  connection_.fail(result);
}

std::int64_t SqliteStatement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string SqliteStatement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

std::optional<std::string> SqliteStatement::optional_bytes(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return bytes(column);
}

}  // namespace hiveframe::runtime
