#pragma once

#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace hiveframe::daemon {

/// Standard error as lines that stay, with one line below them that is redrawn on a terminal. Thread-safe.
class Console {
 public:
  /// `out` outlives it, and nobody else writes to it meanwhile.
  explicit Console(std::ostream& out) : out_(out) {}
  ~Console() { erase_status(); }
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Whole lines, above the redrawn one.
  void print(std::string_view lines);
  /// The redrawn line: text without line breaks that fits the terminal.
  void show_status(std::string line);
  void erase_status();

 private:
  void erase();
  void draw();

  std::ostream& out_;
  std::mutex mutex_;
  std::string status_;
};

}  // namespace hiveframe::daemon
