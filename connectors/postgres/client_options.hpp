#pragma once

// The options that the postgres source and the postgres sink share. Only their settings .cpp files include
// this.

#include <string>
#include <utility>
#include <vector>

#include "config/option_table.hpp"
#include "connectors/postgres/client_settings.hpp"

namespace hiveframe::connectors::postgres {

/// What is wrong with the hosts, and with combinations.
void check_hosts(ClientSettings& settings, const config::GivenOptions& given, config::Reader& reader);
void check_ssl(ClientSettings& settings, const config::GivenOptions& given, config::Reader& reader);
/// Keywords that libpq has, but for those that have an option here.
config::OptionType<std::vector<std::pair<std::string, std::string>>> keywords_type();
config::OptionType<std::string> sslmode_type();
config::OptionType<std::string> target_session_attrs_type();

template <typename Settings>
void add_client_options(config::OptionTable<Settings>& t) {
  using namespace config;
  // A pointer to a member of the base, as one of the settings themselves.
  const auto own = []<typename M>(M ClientSettings::*member) { return static_cast<M Settings::*>(member); };
  t.add("host", own(&ClientSettings::hosts), one_or_list(text()))
      .help(
          "The server, or several that are tried in turn: host, host:port, or the folder of a Unix socket; "
          "without it, PGHOST or the local socket")
      .example("[db-1.example.com, db-2.example.com]");
  t.add("port", own(&ClientSettings::port), integer(1, 65535))
      .help("Of hosts that have none of their own")
      .default_note("5432");
  t.add("database", own(&ClientSettings::database), text())
      .help("The database; without it, PGDATABASE or the one of the user's name");
  t.add("user", own(&ClientSettings::user), text()).help("Who logs in; without it, PGUSER");
  t.add("password", own(&ClientSettings::password), secret())
      .help("The password; without it, PGPASSWORD or ~/.pgpass, as psql finds it");
  t.add("ssl", own(&ClientSettings::ssl), boolean())
      .help(
          "Only encrypted connections: sslmode require, or verify-full if sslrootcert is given; false: "
          "encrypted if the server can");
  t.add("sslmode", own(&ClientSettings::sslmode), sslmode_type())
      .help("How the connection is secured; verify-full also checks who the server is")
      .default_note("prefer");
  t.add("sslrootcert", own(&ClientSettings::sslrootcert), path())
      .help("Certificates of the authorities that the server's certificate is checked against, PEM")
      .example("/etc/hiveframed/postgres-ca.pem");
  t.add("sslcert", own(&ClientSettings::sslcert), path()).help("The client's own certificate, PEM");
  t.add("sslkey", own(&ClientSettings::sslkey), path()).help("Its private key, PEM");
  t.add("sslpassword", own(&ClientSettings::sslpassword), secret()).help("The key's password");
  t.add("connect_timeout", own(&ClientSettings::connect_timeout), integer(1, 3600))
      .help("Seconds that each host is waited for");
  t.add("target_session_attrs", own(&ClientSettings::target_session_attrs), target_session_attrs_type())
      .help("Which server of several will do");
  t.add("application_name", own(&ClientSettings::application_name), text())
      .help("What the server shows in pg_stat_activity");
  t.add("options", own(&ClientSettings::options), text())
      .help("Settings of the session, as the server's command line has them")
      .example("-c statement_timeout=5min");
  t.add("service", own(&ClientSettings::service), text())
      .help("A service of libpq's connection service file, for what is not given here");
  t.add("passfile", own(&ClientSettings::passfile), path()).help("A file of passwords in place of ~/.pgpass");
  t.add("libpq", own(&ClientSettings::libpq), keywords_type())
      .help("Connection parameters of libpq that have no option here, by libpq's names")
      .example("{tcp_user_timeout: 10000}");
  t.check({"host"},
          [](Settings& s, const GivenOptions& given, Reader& reader) { check_hosts(s, given, reader); });
  t.check({"ssl", "sslmode", "sslrootcert", "sslcert", "sslkey"},
          [](Settings& s, const GivenOptions& given, Reader& reader) { check_ssl(s, given, reader); });
}

}  // namespace hiveframe::connectors::postgres
