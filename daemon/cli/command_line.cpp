#include "daemon/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>

#include "config/did_you_mean.hpp"
#include "config/text.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/help.hpp"
#include "daemon/os/output_buffer.hpp"
#include "daemon/os/process.hpp"

namespace hiveframe::daemon {
namespace {

constexpr std::string_view examples = R"(Examples:
  hiveframed new file stdout > orders.yaml        start from a commented template
  hiveframed validate orders.yaml                 every problem at once, with line and caret
  hiveframed test orders.yaml                     run the tests that stand beside it
  hiveframed run --dry-run --limit 5 orders.yaml  see what would be written
  hiveframed run orders.yaml                      run it to the end, or until Ctrl-C
  hiveframed serve --config hiveframed.yaml       a folder of them as a service
  hiveframed eval "record.a + 1" orders.ndjson    try an expression
  hiveframed explain file                         every option of a connector
  hiveframed explain pipeline                     sinks, on_error, retry and all else of a pipeline
  hiveframed explain functions                    what expressions are made of, with examples

'hiveframed COMMAND --help' says more of each command.)";

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

// The command whose arguments were being read, or the program itself.
CLI::App& current(CLI::App& app) {
  CLI::App* command = &app;
  for (std::vector<CLI::App*> chosen = app.get_subcommands(); !chosen.empty();
       chosen = command->get_subcommands())
    command = chosen.front();
  return *command;
}

int usage_error(Io& io, const CLI::App& app, const std::string& message, const std::string& hint) {
  std::string name = app.get_name();
  for (const CLI::App* group = app.get_parent(); group != nullptr; group = group->get_parent())
    name = group->get_name() + " " + name;
  io.err << name << ": " << message << '\n';
  if (!hint.empty()) io.err << "  " << hint << '\n';
  io.err << "  see '" << name << " --help'\n";
  return exit_usage;
}

// A group of commands (ctl, ctl dead-letters) of which none was named, or one that is not there.
int command_missing(Io& io, const CLI::App& app, const CLI::App& group) {
  const std::vector<std::string> names = command_names(group);
  const std::vector<std::string> remaining = app.remaining(true);
  const auto word = std::find_if(remaining.begin(), remaining.end(),
                                 [](const std::string& each) { return !each.starts_with('-'); });
  if (word == remaining.end())
    return usage_error(io, group, "a command is missing", config::did_you_mean("", names));
  return usage_error(io, group, "unknown command " + config::quote(*word),
                     config::did_you_mean(*word, names));
}

// CLI11's own text names what it could not place; for options the likely one is said too.
int report(Io& io, CLI::App& app, const CLI::ParseError& error) {
  CLI::App& command = current(app);
  if (command.get_require_subcommand_min() > 0 && command.get_subcommands().empty())
    return command_missing(io, app, command);
  if (const auto* extras = dynamic_cast<const CLI::ExtrasError*>(&error)) {
    const std::vector<std::string> remaining = app.remaining(true);
    if (remaining.empty()) return usage_error(io, command, extras->what(), "");
    std::string word = remaining.front();
    word = word.substr(0, word.find('='));
    std::vector<std::string> options;
    for (const CLI::App* group = &command; group != nullptr; group = group->get_parent()) {
      for (const CLI::Option* option : group->get_options())
        options.push_back("--" + option->get_single_name());
    }
    if (word.starts_with('-')) {
      const std::string near = config::nearest(word, options);
      return usage_error(io, command, "unknown option " + config::quote(word),
                         near.empty() ? "" : "did you mean '" + near + "'?");
    }
    return usage_error(io, command, "one argument too many: " + config::quote(word), "");
  }
  return usage_error(io, command, error.what(), "");
}

}  // namespace

int run_command_line(std::span<const std::string> arguments, const pipeline::ConnectorRegistry& connectors,
                     Io& io) {
  CLI::App app("Moves records from a source through transforms to sinks, as YAML files say.", "hiveframed");
  app.formatter(help_formatter());
  app.footer(std::string(examples));
  app.set_help_flag("-h,--help", "Show this help");
  app.require_subcommand(0, 1);
  bool wants_version = false;
  app.add_flag("--version", wants_version, "Show the version");
  Invocation invocation{connectors, io};
  for (const auto add : {add_run, add_serve, add_ctl, add_validate, add_test, add_eval, add_list, add_explain,
                         add_new, add_schema, add_version})
    add(app, invocation);

  const std::vector<std::string> names = command_names(app);
  if (!arguments.empty() && !arguments[0].starts_with('-') &&
      std::find(names.begin(), names.end(), arguments[0]) == names.end())
    return usage_error(io, app, "unknown command " + config::quote(arguments[0]),
                       config::did_you_mean(arguments[0], names));
  std::vector<std::string> words(arguments.begin(), arguments.end());
  if (!words.empty() && words.front() == "eval") set_expression_apart(words);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    io.out << app.help();
    return exit_done;
  } catch (const CLI::ParseError& error) {
    return report(io, app, error);
  }
  if (wants_version) {
    io.out << version_text() << '\n';
    return exit_done;
  }
  if (!invocation.action) {
    io.err << app.help();
    return exit_usage;
  }
  return invocation.action();
}

int run_command_line(int argc, char** argv, const pipeline::ConnectorRegistry& connectors) {
  set_up_process();
  std::ios::sync_with_stdio(false);
  OutputBuffer buffer(STDOUT_FILENO);
  std::ostream out(&buffer);
  Io io{std::cin, out, std::cerr, query_terminal(STDOUT_FILENO), query_terminal(STDERR_FILENO), [&buffer] {
          return buffer.error();
        }};
  std::vector<std::string> arguments;
  if (argc > 1) arguments.assign(argv + 1, argv + argc);
  int status = exit_failed;
  try {
    status = run_command_line(arguments, connectors, io);
  } catch (const std::exception& error) {
    io.err << "hiveframed: " << error.what() << '\n';
  }
  out.flush();
  // A reader that has seen enough (`| head`) is no failure.
  if (buffer.error() != 0 && buffer.error() != EPIPE) {
    io.err << "hiveframed: cannot write to standard output: " << std::strerror(buffer.error()) << '\n';
    status = exit_failed;
  }
  return status;
}

}  // namespace hiveframe::daemon
