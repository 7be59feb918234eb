#pragma once

// The options that the kafka source and the kafka sink share. Only their settings .cpp files include this.

#include <string>

#include "config/option_table.hpp"
#include "connectors/kafka/client_settings.hpp"
#include "connectors/kafka/passed_on.hpp"

namespace hiveframe::connectors::kafka {

/// What is wrong with the combination, and what a mechanism implies.
void check_security(ClientSettings& settings, const config::GivenOptions& given, config::Reader& reader);
void check_servers(ClientSettings& settings, const config::GivenOptions& given, config::Reader& reader);

template <typename Settings>
void add_client_options(config::OptionTable<Settings>& t, Role role) {
  using namespace config;
  // A pointer to a member of the base, as one of the settings themselves.
  const auto own = []<typename M>(M ClientSettings::*member) { return static_cast<M Settings::*>(member); };
  t.add("bootstrap_servers", own(&ClientSettings::bootstrap_servers), one_or_list(text()))
      .required()
      .help(
          "Brokers to begin with, host:port; the others are found through them. The port is 9092 if none is "
          "given")
      .example("[kafka-1:9092, kafka-2:9092]");
  t.add("security_protocol", own(&ClientSettings::security_protocol),
        choice<SecurityProtocol>({{"plaintext", SecurityProtocol::plaintext},
                                  {"ssl", SecurityProtocol::ssl},
                                  {"sasl_plaintext", SecurityProtocol::sasl_plaintext},
                                  {"sasl_ssl", SecurityProtocol::sasl_ssl}}))
      .help("How brokers are talked to");
  t.add("sasl_mechanism", own(&ClientSettings::sasl_mechanism),
        choice<std::string>(
            {{"PLAIN", "PLAIN"}, {"SCRAM-SHA-256", "SCRAM-SHA-256"}, {"SCRAM-SHA-512", "SCRAM-SHA-512"}}))
      .help("How to log in, with a security_protocol that begins with sasl");
  t.add("sasl_username", own(&ClientSettings::sasl_username), text()).help("Who logs in");
  t.add("sasl_password", own(&ClientSettings::sasl_password), secret()).help("The password");
  t.add("ssl_ca", own(&ClientSettings::ssl_ca), path())
      .help(
          "Certificates of the authorities that brokers' certificates are checked against, PEM; without it, "
          "the system's")
      .example("/etc/hiveframed/kafka-ca.pem");
  t.add("ssl_cert", own(&ClientSettings::ssl_cert), path())
      .help("The client's own certificate, PEM, for brokers that want one");
  t.add("ssl_key", own(&ClientSettings::ssl_key), path()).help("Its private key, PEM");
  t.add("ssl_key_password", own(&ClientSettings::ssl_key_password), secret()).help("The key's password");
  t.add("kafka_config", own(&ClientSettings::kafka_config), passed_on_type(role))
      .help("Settings of librdkafka that have no option here, by librdkafka's names")
      .example("{socket.keepalive.enable: true}");
  t.check({"bootstrap_servers"},
          [](Settings& s, const GivenOptions& given, Reader& reader) { check_servers(s, given, reader); });
  t.check({"security_protocol", "sasl_mechanism", "sasl_username", "sasl_password", "ssl_ca", "ssl_cert",
           "ssl_key"},
          [](Settings& s, const GivenOptions& given, Reader& reader) { check_security(s, given, reader); });
}

}  // namespace hiveframe::connectors::kafka
