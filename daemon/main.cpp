#include "connectors/registry.hpp"
#include "daemon/cli/command_line.hpp"

int main(int argc, char** argv) {
  return hiveframe::daemon::run_command_line(argc, argv, hiveframe::connectors::registry());
}
