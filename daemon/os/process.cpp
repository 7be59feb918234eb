#include "daemon/os/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <malloc.h>
#include <pwd.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config/utf8.hpp"

// Where the linker put the program: its first byte, and the end of its code.
extern "C" const char __executable_start;  // NOLINT(readability-identifier-naming): the linker's name
extern "C" const char etext;

namespace hiveframe::daemon {
namespace {

// glibc makes up to eight arenas a core, and memory that one thread freed is of no use to the others: with
// batches made by one thread and freed by another, the peak would grow with the number of threads.
constexpr int malloc_arenas = 2;
// A heap's free end beyond 128 KiB would go back to the system with each batch, and come again with the next
// one: a page fault for every 4 KiB of it. This is room for some batches, of which each piece comes from the
// heap.
constexpr int kept_free_bytes = 4 * 1024 * 1024;
constexpr int mapped_from_bytes = 2 * 1024 * 1024;

std::filesystem::path home() {
  if (const char* variable = std::getenv("HOME"); variable && *variable) return variable;
  const passwd* user = getpwuid(geteuid());
  return user && user->pw_dir ? user->pw_dir : "/";
}

// What this process opens next would get the number of a closed one (`<&-`), and a pipeline that reads
// standard input or writes standard output would read or write that. In its place stands what fails when it
// is used; only messages go nowhere.
void occupy_closed_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one: those below it are open by now.
    [[maybe_unused]] const int opened =
        ::open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
  }
}

}  // namespace

void set_up_process() {
  occupy_closed_standard_descriptors();
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);  // what cannot be raised stays as it is
  }
  mallopt(M_ARENA_MAX, malloc_arenas);
  mallopt(M_TRIM_THRESHOLD, kept_free_bytes);
  mallopt(M_MMAP_THRESHOLD, mapped_from_bytes);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void forget_start() {
  // The code is a private mapping of the program's file that nobody writes to.
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(&__executable_start);
  const auto end = reinterpret_cast<std::uintptr_t>(&etext);
  const std::uintptr_t ahead = (page - first % page) % page;
  if (end < first + ahead + page) return;
  const std::size_t whole_pages = (end - first - ahead) / page * page;
  static_cast<void>(madvise(const_cast<char*>(&__executable_start) + ahead, whole_pages, MADV_DONTNEED));
}

std::map<std::string, std::string> environment_variables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || config::find_invalid_utf8(text) != std::string_view::npos)
      continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::filesystem::path default_state_dir() {
  if (geteuid() == 0) return "/var/lib/hiveframed";
  // A relative one is invalid by the specification and not used.
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state == '/')
    return std::filesystem::path(state) / "hiveframed";
  return home() / ".local/state/hiveframed";
}

}  // namespace hiveframe::daemon
