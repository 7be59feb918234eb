#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "config/secret.hpp"
#include "connectors/kafka/registry/registry_settings.hpp"

namespace hiveframe::connectors::kafka {

enum class SecurityProtocol { plaintext, ssl, sasl_plaintext, sasl_ssl };

/// What source and sink both need to reach a cluster.
struct ClientSettings : RegistrySettings {
  std::vector<std::string> bootstrap_servers;  ///< "host" or "host:port"
  SecurityProtocol security_protocol = SecurityProtocol::plaintext;
  std::string sasl_mechanism;  ///< as librdkafka names it; empty: none
  std::string sasl_username;
  config::Secret sasl_password;
  std::filesystem::path ssl_ca;  ///< a PEM file; empty: the system's
  std::filesystem::path ssl_cert;
  std::filesystem::path ssl_key;
  config::Secret ssl_key_password;
  /// Handed to librdkafka as they are: keys that it knows and that are not ours.
  std::vector<std::pair<std::string, std::string>> kafka_config;
};

/// "kafka://k1:9092,k2:9092", for identities and messages.
std::string shown_servers(const ClientSettings& settings);

}  // namespace hiveframe::connectors::kafka
