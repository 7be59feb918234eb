#include "daemon/os/journal.hpp"

#include <string>
#include <sys/stat.h>

namespace hiveframe::daemon {

bool is_journal(int descriptor, std::string_view journal_stream) {
  struct stat file {};
  if (journal_stream.empty() || ::fstat(descriptor, &file) != 0) return false;
  return journal_stream == std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

}  // namespace hiveframe::daemon
