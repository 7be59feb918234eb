#include "daemon/os/folder_lock.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace hiveframe::daemon {
namespace {

// No pipeline's files are hidden, so it is in nobody's way.
constexpr const char* file_name = ".serve.lock";

[[noreturn]] void refuse(const std::filesystem::path& folder, const std::string& why) {
  throw std::runtime_error("cannot use the state folder " + folder.string() + ": " + why);
}

std::string holder_of(int descriptor) {
  std::array<char, 16> text{};
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  std::string digits;
  for (std::size_t i = 0; static_cast<ssize_t>(i) < got && text[i] >= '0' && text[i] <= '9'; ++i)
    digits += text[i];
  return digits;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) refuse(folder, error.message() + "; name another one with 'state_dir'");
  const std::filesystem::path path = folder / file_name;
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0)
    refuse(folder, std::generic_category().message(errno) + "; name another one with 'state_dir'");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int problem = errno;
    const std::string holder = holder_of(descriptor_);
    ::close(descriptor_);
    if (problem != EWOULDBLOCK) refuse(folder, std::generic_category().message(problem));
    refuse(folder, (holder.empty() ? "another daemon" : "the daemon with process id " + holder) +
                       " serves with it; stop that one, or name another folder with 'state_dir'");
  }
  // The id only serves the message above, so a full disk here does not matter.
  const std::string self = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, self.data(), self.size(), 0);
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace hiveframe::daemon
