#include <CLI/CLI.hpp>

#include "daemon/cli/command.hpp"

namespace hiveframe::daemon {

std::string version_text() { return "hiveframed " HIVEFRAME_VERSION; }

void add_version(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("version", "Shows the version.");
  command->footer("");  // not the program's own examples
  command->callback([&invocation] {
    invocation.action = [&io = invocation.io] {
      io.out << version_text() << '\n';
      return exit_done;
    };
  });
}

}  // namespace hiveframe::daemon
