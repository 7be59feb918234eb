#pragma once

#include <cstddef>

namespace hiveframe::daemon {

/// What an output stream can show. The default is a file or a pipe: plain text of any width.
struct Terminal {
  bool interactive = false;  ///< a person looks at it: progress lines may be redrawn
  bool colour = false;      ///< interactive, and neither NO_COLOR (https://no-color.org) nor TERM=dumb is set
  std::size_t width = 100;  ///< columns
};

/// Asks about a file descriptor of this process.
Terminal query_terminal(int descriptor);

}  // namespace hiveframe::daemon
