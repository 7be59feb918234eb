#include "daemon/os/console.hpp"

namespace hiveframe::daemon {

void Console::print(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  erase();
  out_ << lines;
  draw();
}

void Console::show_status(std::string line) {
  const std::lock_guard lock(mutex_);
  erase();
  status_ = std::move(line);
  draw();
}

void Console::erase_status() {
  const std::lock_guard lock(mutex_);
  erase();
  status_.clear();
  out_.flush();
}

// ECMA-48: carriage return, then EL (erase to the end of the line).
void Console::erase() {
  if (!status_.empty()) out_ << "\r\x1b[K";
}

void Console::draw() { out_ << status_ << std::flush; }

}  // namespace hiveframe::daemon
