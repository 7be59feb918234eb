#include "daemon/os/waiter.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace hiveframe::daemon {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Waiter::Waiter() {
  sigset_t taken;
  sigemptyset(&taken);
  sigaddset(&taken, SIGTERM);
  if (!is_ignored(SIGINT)) sigaddset(&taken, SIGINT);
  pthread_sigmask(SIG_BLOCK, &taken, &previous_);
  signals_ = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  notices_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (signals_ < 0 || notices_ < 0) {
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
    throw std::system_error(error, std::generic_category(), "cannot wait for signals");
  }
}

Waiter::~Waiter() {
  // What came too late to matter must not kill the process now.
  while (wait(std::chrono::milliseconds(0)) != 0) {
  }
  close(signals_);
  close(notices_);
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

int Waiter::wait(std::chrono::milliseconds timeout) {
  std::array<pollfd, 2> watched{{{signals_, POLLIN, 0}, {notices_, POLLIN, 0}}};
  // An interruption is as good as a notice: the caller looks around and waits again.
  if (poll(watched.data(), watched.size(), static_cast<int>(timeout.count())) <= 0) return 0;
  std::uint64_t notices = 0;
  if (watched[1].revents != 0) (void)!read(notices_, &notices, sizeof notices);
  signalfd_siginfo info{};
  if (watched[0].revents == 0 || read(signals_, &info, sizeof info) != sizeof info) return 0;
  return static_cast<int>(info.ssi_signo);
}

void Waiter::notify() noexcept {
  const std::uint64_t one = 1;
  (void)!write(notices_, &one, sizeof one);
}

}  // namespace hiveframe::daemon
