#include "daemon/os/process.hpp"

#include <csignal>
#include <cstdlib>
#include <malloc.h>
#include <pwd.h>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

#include "config/utf8.hpp"

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

}  // namespace

void set_up_process() {
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
