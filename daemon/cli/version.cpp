#include <CLI/CLI.hpp>
#include <memory>

#include "daemon/cli/command.hpp"

namespace hiveframe::daemon {

std::string version_text() { return "hiveframed " HIVEFRAME_VERSION; }

std::string version_number() { return HIVEFRAME_VERSION; }

void add_version(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("version", "Shows the version.");
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "Print it as one JSON object");
  command->footer("");  // not the program's own examples
  command->callback([as_json, &invocation] {
    invocation.action = [as_json, &io = invocation.io] {
      io.out << (*as_json ? R"({"name":"hiveframed","version":")" HIVEFRAME_VERSION R"("})" : version_text())
             << '\n';
      return exit_done;
    };
  });
}

}  // namespace hiveframe::daemon
