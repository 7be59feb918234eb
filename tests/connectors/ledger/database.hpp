#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/source.hpp"

namespace hiveframe::connectors::ledger {

struct Row {
  std::string_view id;
  std::string_view line;
};

/// The tables that several processes share, on one connection: rows(seq, id, line), and for each lane of a
/// pipeline its position and the epoch of its owner. Throws Retryable while another process writes, and
/// Fatal. One thread at a time.
class Database {
 public:
  /// Makes file and tables if they are missing.
  Database(std::string path, std::string pipeline);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Gives the lanes to a new owner epoch, larger than any before, which it returns; adds to `positions`
  /// what is stored for each.
  std::int64_t take_over(const std::vector<std::string>& lanes,
                         std::vector<std::optional<pipeline::Position>>& positions);

  struct Commit {
    std::span<const Row> rows;
    std::span<const pipeline::LanePosition> positions;
    std::span<const std::int64_t> owners;  ///< one a position
  };
  /// Rows and positions in one transaction, unless the positions are stored already: then an earlier try
  /// has happened. Throws Fatal when another owner has one of the lanes.
  void commit(const Commit& commit);

 private:
  class Transaction;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  void create();
  void execute(const char* sql);
  Statement prepare(const char* sql);
  void bind(const Statement& statement, int parameter, std::string_view bytes);
  void bind(const Statement& statement, int parameter, std::int64_t value);
  bool step(const Statement& statement);
  void run(const Statement& statement);
  std::optional<pipeline::Position> stored(std::string_view lane);
  [[noreturn]] void fail(int result) const;
  [[noreturn]] void fail_fenced(const std::string& lane) const;

  std::string path_;
  std::string pipeline_;
  sqlite3* handle_ = nullptr;
};

}  // namespace hiveframe::connectors::ledger
