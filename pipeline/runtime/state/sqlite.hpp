// SQLite with its results as our exceptions. Only the state store's own .cpp files include this.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>

namespace hiveframe::runtime {

/// One open database file. Results other than success are thrown as pipeline::Retryable (SQLITE_FULL, _IOERR,
/// _BUSY, _NOMEM) or pipeline::Fatal (_CORRUPT, _NOTADB, _CANTOPEN, _READONLY and the rest), with `purpose`
/// as what was tried. One thread at a time.
class SqliteConnection {
 public:
  /// Opens a file that must exist. `purpose` is an infinitive phrase that goes before the path.
  SqliteConnection(std::filesystem::path path, std::string purpose);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  void execute(const char* sql);
  /// The first column of the first row.
  std::int64_t integer(const char* sql);
  std::string text(const char* sql);

  /// Runs `work` between BEGIN IMMEDIATE and COMMIT; rolls back when it throws. Of an error at COMMIT it is
  /// not known whether it was stored.
  template <class Work>
  void transaction(Work&& work) {
    execute("BEGIN IMMEDIATE");
    try {
      work();
      at_commit_ = true;
      execute("COMMIT");
      at_commit_ = false;
    } catch (...) {
      at_commit_ = false;
      roll_back();
      throw;
    }
  }

  /// Leaves the write-ahead log as it is at destruction, for a database that is about to be removed.
  void skip_checkpoint_on_close();

  [[noreturn]] void fail(int result) const;
  [[noreturn]] void fail_damaged(const std::string& answer) const;

  sqlite3* handle() const { return handle_; }

 private:
  void roll_back();

  std::filesystem::path path_;
  std::string purpose_;
  sqlite3* handle_ = nullptr;
  bool at_commit_ = false;
};

/// A prepared statement. Parameters count from 1, columns from 0, as SQLite has them. Bound text and bytes
/// must live until the next run() or step().
class SqliteStatement {
 public:
  SqliteStatement(SqliteConnection& connection, const char* sql);
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  SqliteStatement& bind_integer(int parameter, std::int64_t value);
  SqliteStatement& bind_text(int parameter, std::string_view value);
  SqliteStatement& bind_bytes(int parameter, std::string_view value);

  /// To completion, ready to be bound and run again.
  void run();
  /// Whether there is another row.
  bool step();

  std::int64_t integer(int column) const;
  /// Text or bytes.
  std::string bytes(int column) const;
  std::optional<std::string> optional_bytes(int column) const;

 private:
  void check(int result) const;

  SqliteConnection& connection_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace hiveframe::runtime
