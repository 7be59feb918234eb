#include "pipeline/file_names.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "pipeline/errors.hpp"

namespace hiveframe::pipeline {

int sync_folder(const std::string& path) noexcept {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int result = ::fsync(descriptor);
  const int error_number = errno;
  ::close(descriptor);
  return result == 0 || error_number == EINVAL || error_number == ENOTSUP ? 0 : error_number;
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw_file_error(errno, "remove", path);
}

}  // namespace hiveframe::pipeline
