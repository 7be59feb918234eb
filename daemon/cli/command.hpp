#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/cli/command_line.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): as CLI11 calls it
class App;
}

namespace hiveframe::daemon {

/// What a command works with. `action` is set when its arguments were understood.
struct Invocation {
  const pipeline::ConnectorRegistry& connectors;
  Io& io;
  std::function<int()> action = {};
};

// One function a command: declares its arguments and help. Each stands in the file of its name.
void add_run(CLI::App& app, Invocation& invocation);
void add_serve(CLI::App& app, Invocation& invocation);
void add_validate(CLI::App& app, Invocation& invocation);
void add_test(CLI::App& app, Invocation& invocation);
void add_eval(CLI::App& app, Invocation& invocation);
void add_list(CLI::App& app, Invocation& invocation);
void add_explain(CLI::App& app, Invocation& invocation);
void add_new(CLI::App& app, Invocation& invocation);
void add_schema(CLI::App& app, Invocation& invocation);
void add_ctl(CLI::App& app, Invocation& invocation);
void add_version(CLI::App& app, Invocation& invocation);

/// Of the arguments of `eval`: an expression that begins with `-`, as `-record.a` does, is moved behind `--`,
/// so that it is not taken for an option. What begins like `--record` is one.
void set_expression_apart(std::vector<std::string>& arguments);

/// "hiveframed 1.2.3"
std::string version_text();
/// "1.2.3"
std::string version_number();

}  // namespace hiveframe::daemon
