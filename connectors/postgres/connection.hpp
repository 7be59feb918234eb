#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres/client_settings.hpp"
#include "pipeline/interrupt.hpp"

// libpq's own names for its types, so that only .cpp files include its header.
// NOLINTBEGIN(readability-identifier-naming)
using PGconn = struct pg_conn;
using PGresult = struct pg_result;
// NOLINTEND(readability-identifier-naming)

namespace hiveframe::connectors::postgres {

/// Rows that a statement brought, all of them, as text. Any thread may read it.
class Result {
 public:
  Result() = default;
  explicit Result(PGresult* result);

  [[nodiscard]] std::size_t rows() const noexcept;
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const noexcept;
  /// Empty of null. Lives as long as the result.
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const noexcept;
  [[nodiscard]] bool flag(std::size_t row, std::size_t column) const noexcept {
    return text(row, column) == "t";
  }
  /// Rows that an INSERT, UPDATE, DELETE or COPY has changed.
  [[nodiscard]] std::size_t changed() const noexcept;

 private:
  struct Clear {
    void operator()(PGresult* result) const noexcept;
  };
  std::unique_ptr<PGresult, Clear> result_;
};

/// A parameter of a statement; nothing is NULL.
using Parameter = std::optional<std::string>;

/// One connection to a server, over libpq, which is never let block: all waits are for its socket, and end
/// when the Interrupt is raised (pipeline::Interrupted). Only the look-up of a host's name is libpq's own.
/// What does not work throws Failed.
///
/// Of one thread, a BlockingThread. An interrupted statement is cancelled at the server when the connection
/// is closed.
class Connection {
 public:
  /// Both outlive it.
  Connection(const ClientSettings& settings, const pipeline::Interrupt& interrupt);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// To the first host that takes it, in UTF-8 and with times in UTC. Failed: none did.
  void connect();
  /// False: connect() is to be called (again).
  [[nodiscard]] bool usable() const noexcept;
  void close() noexcept;

  /// Statements without parameters; several are separated by ';'. The result of the last one.
  Result execute(const std::string& statements);
  /// One statement, with values for $1, $2, ...
  Result query(const std::string& statement, const std::vector<Parameter>& parameters);

  /// Statements of which the last is a COPY … FROM STDIN. Then any number of put(), and one end_copy().
  void begin_copy_in(const std::string& statements);
  /// Takes lines of it, cut anywhere; waits only while the server does not take what is before them.
  void put(std::string_view lines);
  /// Rows that it wrote. Failed: none; what the server complains of may come of any put() before.
  std::size_t end_copy_in();

  /// Statements of which the last is a COPY … TO STDOUT. Then next_row() until it is false.
  void begin_copy_out(const std::string& statements);
  /// A row with its end of line, which lives until the next call.
  bool next_row(std::string_view& row);

 private:
  struct Finish {
    void operator()(PGconn* connection) const noexcept;
  };
  struct FreeMemory {
    void operator()(char* memory) const noexcept;
  };

  void connect_to(const std::string* host, const std::string& session);
  void check_sent(int sent);
  void flush();
  /// Of all statements that were sent, the last result; nothing if a COPY begins.
  std::optional<Result> await_results();
  PGresult* next_result();
  [[noreturn]] void fail();

  const ClientSettings& settings_;
  const pipeline::Interrupt& interrupt_;
  std::unique_ptr<PGconn, Finish> connection_;
  std::unique_ptr<char, FreeMemory> row_;
  bool lost_ = false;
};

}  // namespace hiveframe::connectors::postgres
