// What the options of postgres take and refuse, and how its errors are read.

#include <gmock/gmock.h>

#include "config/option_table.hpp"
#include "connectors/postgres/server_error.hpp"
#include "connectors/postgres/sink_settings.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::postgres;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

SinkSettings sink(const std::string& yaml) {
  return settings_from(sink_options(), "table: t\n" + yaml).value();
}
std::string problems(const std::string& yaml) {
  std::string said;
  settings_from(sink_options(), "table: t\n" + yaml, "/", &said);
  return said;
}
Keywords keywords(const std::string& yaml) {
  const SinkSettings settings = sink(yaml);
  return keywords_for(settings, settings.hosts.empty() ? nullptr : &settings.hosts.front());
}

TEST(PostgresSettings, LeaveToLibpqWhatIsNotSaid) {
  std::vector<std::string> names;
  for (const auto& [name, value] : keywords(""))
    names.push_back(name);
  EXPECT_THAT(names, ElementsAre("application_name", "client_encoding", "keepalives_idle",
                                 "keepalives_interval", "keepalives_count", "tcp_user_timeout"));
}

TEST(PostgresSettings, TakeHostsWithPortsAddressesAndSockets) {
  EXPECT_THAT(keywords("host: db-1:5433\nport: 6000"), Contains(Pair("port", "5433")));
  EXPECT_THAT(keywords("host: db-1\nport: 6000"), Contains(Pair("port", "6000")));
  EXPECT_THAT(keywords("host: '[::1]:5433'"), Contains(Pair("host", "::1")));
  EXPECT_THAT(keywords("host: '[::1]:5433'"), Contains(Pair("port", "5433")));
  EXPECT_THAT(keywords("host: '::1'"), Contains(Pair("host", "::1")));
  EXPECT_THAT(keywords("host: /run/postgresql"), Contains(Pair("host", "/run/postgresql")));
  EXPECT_EQ(
      shown_server(sink("host: [a, 'b:1', /run/postgresql]\nport: 7\ndatabase: d\nuser: u\npassword: p")),
      "postgresql://a:7,b:1,/run/postgresql/d");
  for (const char* wrong :
       {"a:0", "a:65536", "a:x", "'a:'", "':5'", "a b", "u@a", "'[::1'", "'[::1]:'", "'[::1]x'"})
    EXPECT_THAT(problems(std::string("host: ") + wrong), HasSubstr("write host or host:port")) << wrong;
  EXPECT_THAT(problems("host: postgresql://a"), HasSubstr("has a scheme"));
}

TEST(PostgresSettings, SslIsTheModeThatIsMeant) {
  EXPECT_THAT(keywords("ssl: true"), Contains(Pair("sslmode", "require")));
  EXPECT_THAT(keywords("ssl: true\nsslrootcert: /ca.pem"), Contains(Pair("sslmode", "verify-full")));
  EXPECT_THAT(keywords("ssl: true\nsslmode: verify-ca"), Contains(Pair("sslmode", "verify-ca")));
  EXPECT_THAT(keywords("ssl: false"), Not(Contains(Pair("sslmode", ::testing::_))));
  EXPECT_THAT(problems("ssl: true\nsslmode: disable"),
              HasSubstr("'ssl' has no effect with 'sslmode: disable'"));
  EXPECT_THAT(problems("sslmode: disable\nsslrootcert: /ca.pem"), HasSubstr("'sslrootcert' has no effect"));
  EXPECT_THAT(problems("sslcert: /c.pem"), HasSubstr("'sslcert' needs 'sslkey' beside it"));
  EXPECT_THAT(problems("sslmode: full"), HasSubstr("verify-full"));
}

TEST(PostgresSettings, PassOnWhatLibpqKnowsAndIsNotOurs) {
  const Keywords given = keywords("libpq: {tcp_user_timeout: 5, gssencmode: disable}");
  EXPECT_THAT(given, Contains(Pair("tcp_user_timeout", "5")));
  EXPECT_THAT(given, Not(Contains(Pair("tcp_user_timeout", "60000"))));
  EXPECT_THAT(given, Contains(Pair("gssencmode", "disable")));
  EXPECT_THAT(problems("libpq: {password: x}"), HasSubstr("'password' is not passed on to libpq"));
  EXPECT_THAT(problems("libpq: {keepalive_idle: 3}"), HasSubstr("did you mean 'keepalives_idle'?"));
  EXPECT_THAT(
      problems("libpq: {gssencmod: 3, hostaddr: 1}"),
      ::testing::AllOf(HasSubstr("did you mean 'gssencmode'?"), HasSubstr("'hostaddr' is not passed")));
}

TEST(PostgresSettings, NamesAndColumnsAreChecked) {
  EXPECT_THAT(problems("schema: " + std::string(64, 's')), HasSubstr("is longer than 63 bytes"));
  EXPECT_THAT(problems("columns: {}"), HasSubstr("'columns' names no column"));
  EXPECT_THAT(problems("columns: {a: b}\nextra_fields: drop"), HasSubstr("has no effect beside 'columns'"));
  EXPECT_EQ(sink("columns: {a: b.c}").rules.columns.front().second.str(), "b.c");
  EXPECT_TRUE(sink("extra_fields: drop").rules.drop_extra_fields);
  EXPECT_EQ(sink("").computed.size(), 0U);
  EXPECT_EQ(settings_from(sink_options(), "table: 'o_{{ record.c }}'").value().computed.size(), 1U);
}

TEST(PostgresError, FaultsAreTheWorldsTheRecordsOrAPersons) {
  for (const char* state :
       {"", "40001", "40P01", "53100", "53300", "57P01", "57P02", "57P03", "08006", "55P03"})
    EXPECT_EQ(fault_of(state), Fault::world) << state;
  for (const char* state : {"22P02", "22021", "23505", "23514"})
    EXPECT_EQ(fault_of(state), Fault::record) << state;
  for (const char* state : {"28P01", "42P01", "42501", "25006", "3D000", "P0001", "XX000"})
    EXPECT_EQ(fault_of(state), Fault::person) << state;
}

TEST(PostgresError, TheLineThatACopyComplainsOf) {
  ServerError error;
  error.context = "COPY orders, line 3, column amount: \"x\"";
  EXPECT_EQ(copy_line(error, "orders"), 3U);
  EXPECT_EQ(copy_column(error, "orders"), "amount");
  error.context = "COPY orders, line 12345: \"1\tx\"";
  EXPECT_EQ(copy_line(error, "orders"), 12345U);
  EXPECT_EQ(copy_column(error, "orders"), "");
  error.context = "COPY orders, Zeile 7, Spalte id: »x«";
  EXPECT_EQ(copy_line(error, "orders"), 7U);
  EXPECT_EQ(copy_column(error, "orders"), "id");
  error.context = "PL/pgSQL function f() line 99 at RAISE\nCOPY t2, line 9, x, line 4";
  EXPECT_EQ(copy_line(error, "t2, line 9, x"), 4U);
  EXPECT_EQ(copy_line(error, "t3"), std::nullopt);
  error.context = "SQL statement \"SELECT 1 FROM ONLY ...\"";
  EXPECT_EQ(copy_line(error, "orders"), std::nullopt);
  error.context = "COPY orders, line 3, column a b: null input";
  EXPECT_EQ(copy_column(error, "orders"), "a b");
}

TEST(PostgresError, BecomesOneThatThePipelineKnows) {
  const ServerError fatal{"42501", "permission denied for table orders", "", "", "", ""};
  EXPECT_EQ(
      thrown_by([&] { throw_as_pipeline_error(Failed(fatal, false), "write to", "t"); }),
      "Fatal: cannot write to t: permission denied for table orders (SQLSTATE 42501); give the user the "
      "rights on the table (GRANT), or correct the user");
  const ServerError busy{"53300", "too many clients", "d", "h", "", ""};
  EXPECT_EQ(thrown_by([&] { throw_as_pipeline_error(Failed(busy, false), "connect to", "s"); }),
            "Retryable: cannot connect to s: too many clients (SQLSTATE 53300): d h");
  const ServerError killed{"XX000", "gone", "", "", "", ""};
  EXPECT_EQ(thrown_by([&] { throw_as_pipeline_error(Failed(killed, true), "write to", "t"); }),
            "Retryable: cannot write to t: gone (SQLSTATE XX000)");
}

}  // namespace
}  // namespace hiveframe::testing
