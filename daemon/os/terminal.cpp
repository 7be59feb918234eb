#include "daemon/os/terminal.hpp"

#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace hiveframe::daemon {
namespace {

std::string_view variable(const char* name) {
  const char* text = std::getenv(name);
  return text ? std::string_view(text) : std::string_view();
}

}  // namespace

Terminal query_terminal(int descriptor) {
  Terminal terminal;
  if (isatty(descriptor) != 1) return terminal;
  terminal.interactive = variable("TERM") != "dumb";
  terminal.colour = terminal.interactive && variable("NO_COLOR").empty();
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.width = size.ws_col;
  return terminal;
}

}  // namespace hiveframe::daemon
