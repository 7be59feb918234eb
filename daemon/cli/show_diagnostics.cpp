#include "daemon/cli/show_diagnostics.hpp"

#include <string_view>

namespace hiveframe::daemon {
namespace {

constexpr std::string_view mark = ": error: ";

// `file:line:column: error: …` with the place in bold and the word in red; other lines as they are.
void write_coloured(std::string_view line, std::ostream& out) {
  const std::size_t at = line.starts_with(' ') ? std::string_view::npos : line.find(mark);
  if (at == std::string_view::npos) {
    out << line;
    return;
  }
  out << "\x1b[1m" << line.substr(0, at) << ":\x1b[0m \x1b[1;31merror:\x1b[0m "
      << line.substr(at + mark.size());
}

}  // namespace

void show(const config::Diagnostics& diagnostics, Io& io) {
  const std::string text = diagnostics.render();
  if (!io.err_terminal.colour) {
    io.err << text;
    return;
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    write_coloured(rest.substr(0, end), io.err);
    io.err << '\n';
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

}  // namespace hiveframe::daemon
