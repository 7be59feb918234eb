#pragma once

// The options of Avro that the kafka source and the kafka sink share. Only their settings .cpp files include
// this.

#include "config/option_table.hpp"
#include "connectors/kafka/avro_settings.hpp"
#include "connectors/kafka/client_settings.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::connectors::kafka {

/// What stands for Avro among the formats of values: it reads; a sink makes its own to write.
const codec::Format* avro_format();

/// A schema as JSON, or the path of a file that holds it.
config::OptionType<GivenSchema> schema_type();

/// The registry's options with Avro, and without. `option` says Avro.
void check_registry(const ClientSettings& settings, bool avro, const char* option,
                    const config::GivenOptions& given, config::Reader& reader);

template <typename Settings>
void add_registry_options(config::OptionTable<Settings>& t) {
  using namespace config;
  // A pointer to a member of the base, as one of the settings themselves.
  const auto own = []<typename M>(M RegistrySettings::*member) { return static_cast<M Settings::*>(member); };
  t.add("schema_registry_url", own(&RegistrySettings::registry_urls), one_or_list(text()))
      .help("Where the schemas of Avro are kept, in Confluent's API; of one with several servers all of them")
      .example("http://registry:8081");
  t.add("schema_registry_username", own(&RegistrySettings::registry_username), text())
      .help("Who asks the registry, by HTTP's basic authentication");
  t.add("schema_registry_password", own(&RegistrySettings::registry_password), secret()).help("The password");
  t.add("schema_registry_token", own(&RegistrySettings::registry_token), secret())
      .help("A bearer token for the registry, in place of user and password");
  t.add("schema_registry_ssl_ca", own(&RegistrySettings::registry_ca), path())
      .help(
          "Certificates of the authorities that an https registry's is checked against, PEM; without it, the "
          "system's");
  t.add("schema_registry_ssl_cert", own(&RegistrySettings::registry_cert), path())
      .help("The client's own certificate, PEM, for a registry that wants one");
  t.add("schema_registry_ssl_key", own(&RegistrySettings::registry_key), path()).help("Its private key, PEM");
}

}  // namespace hiveframe::connectors::kafka
