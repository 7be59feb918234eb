#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/secret.hpp"

namespace hiveframe::connectors::kafka {

/// Where a schema registry is, and who asks it.
struct RegistrySettings {
  std::vector<std::string> registry_urls;  ///< of one registry, tried in this order; each may have a path
  std::string registry_username;
  config::Secret registry_password;
  config::Secret registry_token;
  std::filesystem::path registry_ca;  ///< PEM files
  std::filesystem::path registry_cert;
  std::filesystem::path registry_key;
};

}  // namespace hiveframe::connectors::kafka
