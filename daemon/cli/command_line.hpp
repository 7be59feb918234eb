#pragma once

#include <functional>
#include <iostream>
#include <span>
#include <string>

#include "daemon/os/terminal.hpp"
#include "pipeline/connector.hpp"

namespace hiveframe::daemon {

/// The standard streams of a command.
struct Io {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Terminal out_terminal = {};
  Terminal err_terminal = {};
  /// Why writing to `out` failed, as an errno; 0 if it is not known.
  std::function<int()> out_error = [] { return 0; };
};

/// Exit statuses of all commands.
enum Exit : int {
  exit_done = 0,    ///< done, or drained after a signal
  exit_failed = 1,  ///< something failed or was not delivered
  exit_usage = 2,   ///< bad configuration or arguments
};

/// The whole program: main() of any executable that brings its connectors. Sets the process up.
int run_command_line(int argc, char** argv, const pipeline::ConnectorRegistry& connectors);

/// One command with the streams given; `arguments` without the program's name.
int run_command_line(std::span<const std::string> arguments, const pipeline::ConnectorRegistry& connectors,
                     Io& io);

}  // namespace hiveframe::daemon
