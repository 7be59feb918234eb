#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hiveframe::connectors::postgres {

/// What a server answers when it refuses: the fields of an ErrorResponse (PostgreSQL's protocol, "Error and
/// Notice Message Fields"), or only a message where it is libpq that speaks.
struct ServerError {
  std::string sqlstate;  ///< five characters; empty: not the server's words
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;
  std::string position;  ///< characters into the statement, from 1; empty if not known

  /// "message (23502: not_null …); detail; hint" on one line.
  [[nodiscard]] std::string text() const;
};

/// What is to be done about an error.
enum class Fault {
  world,   ///< it may end by itself: try again
  record,  ///< the data's: other records may pass
  person,  ///< somebody has to change something
};

/// By the SQLSTATE (PostgreSQL's appendix "Error Codes"); without one a connection was lost.
Fault fault_of(std::string_view sqlstate) noexcept;

/// Of an error of a COPY … FROM STDIN into the table of that name (without its schema): the line, from 1,
/// that it complains of; nothing if it does not say.
std::optional<std::size_t> copy_line(const ServerError& error, std::string_view table);
/// The same for the column; empty if it does not say.
std::string copy_column(const ServerError& error, std::string_view table);

/// What a person can do about it, as the end of a message; empty: nothing that is known here.
std::string advice_for(const ServerError& error);

/// A statement or a connection that did not work. It never leaves the connector: see
/// throw_as_pipeline_error().
class Failed : public std::exception {
 public:
  Failed(ServerError error, bool connection_lost) : Failed(std::move(error), connection_lost, Fault::world) {
    fault_ = fault_of(error_.sqlstate);
  }
  /// Where the SQLSTATE does not say it.
  Failed(ServerError error, bool connection_lost, Fault fault)
      : error_(std::move(error)), connection_lost_(connection_lost), fault_(fault) {}

  [[nodiscard]] const ServerError& error() const noexcept { return error_; }
  /// Nothing more can be asked on that connection.
  [[nodiscard]] bool connection_lost() const noexcept { return connection_lost_; }
  [[nodiscard]] Fault fault() const noexcept { return fault_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }

 private:
  ServerError error_;
  bool connection_lost_;
  Fault fault_;
};

/// As Retryable or Fatal: what was tried and against what. Faults of records are Fatal here, for who asks has
/// no record to blame. `outcome_unknown`: what was tried may have happened all the same.
[[noreturn]] void throw_as_pipeline_error(const Failed& failed, std::string tried, std::string against,
                                          bool outcome_unknown = false);

}  // namespace hiveframe::connectors::postgres
