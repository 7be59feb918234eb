#include "connectors/postgres/server_error.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::postgres {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The line of the context that a COPY into the table wrote: "COPY orders, line 3, column id: …". What
/// triggers and functions say stands on lines before it. The words between are in the server's language.
std::string_view copy_context(const ServerError& error, std::string_view table) {
  const std::string begin = "COPY " + std::string(table) + ", ";
  std::string_view rest = error.context;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.starts_with(begin)) return line.substr(begin.size());
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace

std::string ServerError::text() const {
  std::string all = message;
  if (!sqlstate.empty()) all += " (SQLSTATE " + sqlstate + ")";
  if (!detail.empty()) all += ": " + detail;
  if (!hint.empty()) all += " " + hint;
  return all;
}

Fault fault_of(std::string_view sqlstate) noexcept {
  if (sqlstate.empty()) return Fault::world;
  const std::string_view kind = sqlstate.substr(0, 2);
  if (kind == "22" || kind == "23") return Fault::record;
  // Connections; resources (full disks, too many connections).
  if (kind == "08" || kind == "53") return Fault::world;
  for (const std::string_view each : {
           "40001",  // serialization_failure
           "40P01",  // deadlock_detected
           "55P03",  // lock_not_available
           "57P01",  // admin_shutdown
           "57P02",  // crash_shutdown
           "57P03",  // cannot_connect_now
           "57P05",  // idle_session_timeout
           "57014",  // query_canceled: by an operator, or statement_timeout
           "58030",  // io_error
           "25P03",  // idle_in_transaction_session_timeout
           "55006",  // object_in_use
       }) {
    if (sqlstate == each) return Fault::world;
  }
  return Fault::person;
}

std::optional<std::size_t> copy_line(const ServerError& error, std::string_view table) {
  const std::string_view context = copy_context(error, table);
  const std::size_t begin =
      static_cast<std::size_t>(std::find_if(context.begin(), context.end(), is_digit) - context.begin());
  std::size_t line = 0;
  for (std::size_t i = begin; i < context.size() && is_digit(context[i]); ++i)
    line = line * 10 + static_cast<std::size_t>(context[i] - '0');
  if (line == 0) return std::nullopt;
  return line;
}

std::string copy_column(const ServerError& error, std::string_view table) {
  std::string_view context = copy_context(error, table);
  // "line 3, column id: …": behind the comma and a word.
  const std::size_t comma = context.find(", ");
  if (comma == std::string_view::npos) return {};
  context.remove_prefix(comma + 2);
  const std::size_t space = context.find(' ');
  const std::size_t colon = context.find(": ", space == std::string_view::npos ? 0 : space);
  if (space == std::string_view::npos || colon == std::string_view::npos) return {};
  return std::string(context.substr(space + 1, colon - space - 1));
}

std::string advice_for(const ServerError& error) {
  const std::string_view state = error.sqlstate;
  if (state.starts_with("28"))
    return "check user and password, and that the server's pg_hba.conf lets them in";
  if (state == "3D000") return "create the database, or correct its name";
  if (state == "42501") return "give the user the rights on the table (GRANT), or correct the user";
  if (state == "3F000") return "create the schema, or correct its name";
  if (state == "25006")
    return "write to the primary: with several hosts, 'target_session_attrs: read-write' finds it";
  if (state.empty()) {
    const auto says = [&error](std::string_view words) {
      return error.message.find(words) != std::string::npos;
    };
    if (says("certificate verify failed") || says("root certificate"))
      return "set sslrootcert to the certificate of the authority that signed the server's";
    if (says("server certificate for") || says("host name"))
      return "connect by a name that the server's certificate has";
    if (says("does not support SSL")) return "set up TLS on the server, or set another sslmode";
    if (says("no password supplied")) return "set 'password', PGPASSWORD or ~/.pgpass";
  }
  return {};
}

void throw_as_pipeline_error(const Failed& failed, std::string tried, std::string against,
                             bool outcome_unknown) {
  const ServerError& error = failed.error();
  pipeline::ErrorText text{std::move(tried), std::move(against), error.text(), advice_for(error)};
  if (failed.connection_lost() || failed.fault() == Fault::world)
    throw pipeline::Retryable(std::move(text), outcome_unknown);
  throw pipeline::Fatal(std::move(text));
}

}  // namespace hiveframe::connectors::postgres
