#include "connectors/kafka/client_settings.hpp"

namespace hiveframe::connectors::kafka {

std::string shown_servers(const ClientSettings& settings) {
  std::string shown = "kafka://";
  for (const std::string& server : settings.bootstrap_servers) {
    if (!shown.ends_with('/')) shown += ',';
    shown += server;
  }
  return shown;
}

}  // namespace hiveframe::connectors::kafka
