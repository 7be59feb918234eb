// hiveframed with the connectors of tests/connectors beside its own: what tests/e2e runs to see faults.
#include "connectors/registry.hpp"
#include "daemon/cli/command_line.hpp"
#include "tests/connectors/faulty/settings.hpp"
#include "tests/connectors/ledger/settings.hpp"

int main(int argc, char** argv) {
  hiveframe::pipeline::ConnectorRegistry connectors = hiveframe::connectors::registry();
  connectors.sinks.push_back(hiveframe::connectors::faulty::sink_kind());
  connectors.sinks.push_back(hiveframe::connectors::ledger::sink_kind());
  return hiveframe::daemon::run_command_line(argc, argv, connectors);
}
