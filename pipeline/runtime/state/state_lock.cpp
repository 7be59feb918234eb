#include "pipeline/runtime/state/state_lock.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {

namespace {

// Only digits are taken: whatever else may stand in the file is not repeated to the user.
std::string read_holder(int descriptor) {
  std::array<char, 16> text{};
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  std::string digits;
  for (ssize_t i = 0;
       i < got && text[static_cast<std::size_t>(i)] >= '0' && text[static_cast<std::size_t>(i)] <= '9'; ++i) {
    digits += text[static_cast<std::size_t>(i)];
  }
  return digits;
}

[[noreturn]] void throw_held(const std::filesystem::path& path, const std::string& pipeline,
                             const std::string& holder) {
  const std::string self = std::to_string(::getpid());
  std::string answer;
  if (holder.empty()) {
    answer = "another process holds it";
  } else if (holder == self) {
    answer = "this process (pid " + holder + ") holds it already";
  } else {
    answer = "process " + holder + " holds it";
  }
  throw pipeline::Fatal({"lock the state of pipeline '" + pipeline + "' with", path.string(), answer,
                         "stop the other one, give this pipeline another name, or use another state folder"});
}

bool is_still_at(int descriptor, const std::filesystem::path& path) {
  struct stat held {};
  struct stat found {};
  return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &found) == 0 &&
         held.st_dev == found.st_dev && held.st_ino == found.st_ino;
}

}  // namespace

StateStore::Lock::Lock(std::filesystem::path path, const std::string& pipeline) : path_(std::move(path)) {
  while (true) {
    const int descriptor = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) pipeline::throw_file_error(errno, "open the lock file", path_.string());
    int locked;
    do {
      locked = ::flock(descriptor, LOCK_EX | LOCK_NB);
    } while (locked != 0 && errno == EINTR);
    if (locked != 0) {
      const int error_number = errno;
      const std::string holder = read_holder(descriptor);
      ::close(descriptor);
      if (error_number == EWOULDBLOCK) throw_held(path_, pipeline, holder);
      pipeline::throw_file_error(error_number, "lock", path_.string());
    }
    // The last owner may have removed the file between our open and our lock; then this locks a file that
    // nobody else will find.
    if (is_still_at(descriptor, path_)) {
      descriptor_ = descriptor;
      break;
    }
    ::close(descriptor);
  }
  // The id only serves the message above, so a full disk here does not matter.
  const std::string self = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, self.data(), self.size(), 0);
  }
}

StateStore::Lock::~Lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void StateStore::Lock::remove_file() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
    pipeline::throw_file_error(errno, "remove the lock file", path_.string());
  }
}

}  // namespace hiveframe::runtime
