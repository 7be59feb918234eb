#include "connectors/postgres/connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <libpq-fe.h>
#include <spdlog/spdlog.h>
#include <utility>

#include "connectors/postgres/server_error.hpp"

namespace hiveframe::connectors::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// Times without a zone are UTC's, whatever the server's own is; the others make text that reads back as it
// was.
constexpr const char* session_settings =
    "SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 1; "
    "SET bytea_output = 'hex'; SET standard_conforming_strings = on";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.remove_suffix(1);
  return text;
}

std::string field(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

ServerError error_of(const PGresult* result) {
  ServerError error;
  error.sqlstate = field(result, PG_DIAG_SQLSTATE);
  error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  error.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  error.hint = field(result, PG_DIAG_MESSAGE_HINT);
  error.context = field(result, PG_DIAG_CONTEXT);
  error.position = field(result, PG_DIAG_STATEMENT_POSITION);
  if (error.message.empty()) error.message = trimmed(PQresultErrorMessage(result));
  return error;
}

/// Of a connection that was not made. libpq has no fields for it, but its verbose text begins the server's
/// own words with their SQLSTATE: "connection to server at … failed: FATAL:  28P01: password …\nLOCATION: …".
ServerError error_of_connecting(const PGconn* connection) {
  ServerError error;
  std::string_view text = trimmed(PQerrorMessage(connection));
  if (const std::size_t location = text.find("\nLOCATION:"); location != std::string_view::npos)
    text = text.substr(0, location);
  error.message = text;
  const auto is_state = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  constexpr std::size_t length = 5;
  for (std::size_t at = text.find(":  "); at != std::string_view::npos; at = text.find(":  ", at + 1)) {
    const std::string_view state = text.substr(at + 3).substr(0, length);
    if (state.size() < length || !std::all_of(state.begin(), state.end(), is_state)) continue;
    if (!text.substr(at + 3 + length).starts_with(": ")) continue;
    error.sqlstate = state;
    error.message = text.substr(at + 3 + length + 2);
    break;
  }
  return error;
}

/// Whether what libpq itself says of a connection needs a person.
bool is_for_a_person(const ServerError& error) {
  if (!error.sqlstate.empty()) return fault_of(error.sqlstate) != Fault::world;
  constexpr std::array words{"certificate", "does not support SSL", "no password supplied",
                             "invalid",     "not supported",        "definition of service",
                             "private key", "channel binding",      "authentication method"};
  return std::any_of(words.begin(), words.end(),
                     [&error](const char* each) { return error.message.find(each) != std::string::npos; });
}

void on_notice(void* /*argument*/, const PGresult* result) {
  spdlog::debug("postgres: {}", trimmed(PQresultErrorMessage(result)));
}

}  // namespace

Result::Result(PGresult* result) : result_(result) {}

void Result::Clear::operator()(PGresult* result) const noexcept { PQclear(result); }

std::size_t Result::rows() const noexcept { return static_cast<std::size_t>(PQntuples(result_.get())); }

bool Result::is_null(std::size_t row, std::size_t column) const noexcept {
  return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view Result::text(std::size_t row, std::size_t column) const noexcept {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  return {PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(PQgetlength(result_.get(), r, c))};
}

std::size_t Result::changed() const noexcept {
  const std::string_view digits = PQcmdTuples(result_.get());
  std::size_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

void Connection::Finish::operator()(PGconn* connection) const noexcept { PQfinish(connection); }

void Connection::FreeMemory::operator()(char* memory) const noexcept { PQfreemem(memory); }

Connection::Connection(const ClientSettings& settings, const pipeline::Interrupt& interrupt)
    : settings_(settings), interrupt_(interrupt) {}

Connection::~Connection() { close(); }

bool Connection::usable() const noexcept {
  return connection_ && !lost_ && PQstatus(connection_.get()) == CONNECTION_OK &&
         PQtransactionStatus(connection_.get()) != PQTRANS_ACTIVE;
}

void Connection::close() noexcept {
  if (!connection_) return;
  // A backend that works on a statement would go on with it, and keep its locks, when only the socket is
  // gone.
  if (!lost_ && PQtransactionStatus(connection_.get()) == PQTRANS_ACTIVE) {
    if (PGcancel* const cancel = PQgetCancel(connection_.get())) {
      std::array<char, 256> why{};
      static_cast<void>(PQcancel(cancel, why.data(), why.size()));
      PQfreeCancel(cancel);
    }
  }
  row_.reset();
  connection_.reset();
}

void Connection::connect() {
  close();
  // As libpq would do it, host by host, so that one that does not answer costs its own time only.
  std::vector<std::string> sessions{settings_.target_session_attrs};
  if (sessions.front() == "prefer-standby") sessions = {"standby", "any"};
  std::optional<Failed> failed;
  const auto attempt = [&](const std::string* host, const std::string& session) {
    try {
      connect_to(host, session);
      return true;
    } catch (const Failed& error) {
      // What may end by itself decides.
      if (!failed || error.fault() == Fault::world) failed = error;
      return false;
    }
  };
  for (const std::string& session : sessions) {
    if (settings_.hosts.empty() && attempt(nullptr, session)) return;
    for (const std::string& host : settings_.hosts)
      if (attempt(&host, session)) return;
  }
  throw Failed(*failed);
}

void Connection::connect_to(const std::string* host, const std::string& session) {
  Keywords keywords = keywords_for(settings_, host);
  for (auto& [name, value] : keywords)
    if (name == "target_session_attrs") value = session;
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : keywords) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);

  lost_ = false;
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(settings_.connect_timeout);
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  PGconn* const connection = connection_.get();
  if (connection == nullptr) throw std::bad_alloc();
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(connection, on_notice, nullptr);
  PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
  if (PQstatus(connection) == CONNECTION_BAD) wants = PGRES_POLLING_FAILED;
  while (wants != PGRES_POLLING_OK && wants != PGRES_POLLING_FAILED) {
    const bool ready = wants == PGRES_POLLING_READING
                           ? interrupt_.wait_ready(PQsocket(connection), false, deadline)
                           : interrupt_.wait_ready(PQsocket(connection), true, deadline);
    if (!ready) {
      connection_.reset();
      const std::string seconds = std::to_string(settings_.connect_timeout);
      throw Failed({"", "no answer within " + seconds + " s", "", "", "", ""}, true);
    }
    wants = PQconnectPoll(connection);
  }
  if (wants == PGRES_POLLING_FAILED) {
    ServerError error = error_of_connecting(connection);
    connection_.reset();
    const Fault fault = is_for_a_person(error) ? Fault::person : Fault::world;
    throw Failed(std::move(error), fault == Fault::world, fault);
  }
  PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
  PQsetnonblocking(connection, 1);
  execute(session_settings);
}

Result Connection::execute(const std::string& statements) {
  check_sent(PQsendQuery(connection_.get(), statements.c_str()));
  std::optional<Result> result = await_results();
  return result ? std::move(*result) : Result();
}

Result Connection::query(const std::string& statement, const std::vector<Parameter>& parameters) {
  std::vector<const char*> values;
  for (const Parameter& each : parameters)
    values.push_back(each ? each->c_str() : nullptr);
  check_sent(PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(values.size()), nullptr,
                               values.data(), nullptr, nullptr, 0));
  std::optional<Result> result = await_results();
  return result ? std::move(*result) : Result();
}

void Connection::begin_copy_in(const std::string& statements) {
  check_sent(PQsendQuery(connection_.get(), statements.c_str()));
  await_results();
}

void Connection::put(std::string_view lines) {
  // Of one size, so that libpq's buffer stays small.
  constexpr std::size_t piece = 64 << 10;
  while (!lines.empty()) {
    const std::string_view next = lines.substr(0, piece);
    check_sent(PQputCopyData(connection_.get(), next.data(), static_cast<int>(next.size())));
    flush();
    lines.remove_prefix(next.size());
  }
}

std::size_t Connection::end_copy_in() {
  check_sent(PQputCopyEnd(connection_.get(), nullptr));
  const std::optional<Result> result = await_results();
  return result ? result->changed() : 0;
}

void Connection::begin_copy_out(const std::string& statements) { begin_copy_in(statements); }

bool Connection::next_row(std::string_view& row) {
  for (;;) {
    char* memory = nullptr;
    const int size = PQgetCopyData(connection_.get(), &memory, 1);
    row_.reset(memory);
    if (size > 0) {
      row = {memory, static_cast<std::size_t>(size)};
      return true;
    }
    if (size == -1) {
      await_results();
      return false;
    }
    if (size == -2) fail();
    static_cast<void>(interrupt_.wait_ready(PQsocket(connection_.get()), false, Clock::time_point::max()));
    if (PQconsumeInput(connection_.get()) == 0) fail();
  }
}

void Connection::check_sent(int sent) {
  if (sent != 1) fail();
}

/// Hands all that was queued to the kernel. What the server sends meanwhile is taken in, or both would wait.
void Connection::flush() {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left == 0) return;
    if (left < 0) fail();
    static_cast<void>(interrupt_.wait_ready(PQsocket(connection_.get()), true, Clock::time_point::max()));
    if (PQconsumeInput(connection_.get()) == 0) fail();
  }
}

PGresult* Connection::next_result() {
  while (PQisBusy(connection_.get()) != 0) {
    static_cast<void>(interrupt_.wait_ready(PQsocket(connection_.get()), false, Clock::time_point::max()));
    if (PQconsumeInput(connection_.get()) == 0) fail();
  }
  return PQgetResult(connection_.get());
}

std::optional<Result> Connection::await_results() {
  flush();
  Result last;
  std::optional<ServerError> wrong;
  bool over = false;
  while (PGresult* const result = next_result()) {
    Result owned(result);
    switch (PQresultStatus(result)) {
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
        if (!wrong) return std::nullopt;
        break;
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        if (!wrong) wrong = error_of(result);
        over = over || field(result, PG_DIAG_SEVERITY_NONLOCALIZED) == "FATAL" ||
               field(result, PG_DIAG_SEVERITY_NONLOCALIZED) == "PANIC";
        break;
      default:
        break;
    }
    last = std::move(owned);
    // Or it would be asked for ever.
    if (PQstatus(connection_.get()) == CONNECTION_BAD) break;
  }
  if (wrong) {
    lost_ = lost_ || over || PQstatus(connection_.get()) == CONNECTION_BAD;
    throw Failed(std::move(*wrong), lost_);
  }
  if (PQstatus(connection_.get()) == CONNECTION_BAD) fail();
  return last;
}

void Connection::fail() {
  lost_ = true;
  ServerError error;
  error.message = trimmed(PQerrorMessage(connection_.get()));
  if (error.message.empty()) error.message = "the connection was lost";
  throw Failed(std::move(error), true);
}

}  // namespace hiveframe::connectors::postgres
