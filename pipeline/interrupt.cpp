#include "pipeline/interrupt.hpp"

#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "pipeline/errors.hpp"

namespace hiveframe::pipeline {

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_ < 0) throw_file_error(errno, "make", "an eventfd");
}

Interrupt::~Interrupt() { ::close(event_); }

void Interrupt::raise() noexcept {
  const std::uint64_t one = 1;
  // Fails only when it has been raised 2^64 - 1 times, which is raised enough.
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

bool Interrupt::raised() const noexcept {
  pollfd event{event_, POLLIN, 0};
  return ::poll(&event, 1, 0) == 1;
}

void Interrupt::wait_readable(int descriptor) const { wait(descriptor, POLLIN); }

void Interrupt::wait_writable(int descriptor) const { wait(descriptor, POLLOUT); }

void Interrupt::wait(int descriptor, short events) const {
  for (;;) {
    pollfd both[] = {{event_, POLLIN, 0}, {descriptor, events, 0}};
    if (::poll(both, 2, -1) < 0) {
      if (errno == EINTR) continue;
      throw_file_error(errno, "wait for", "a descriptor");
    }
    if (both[0].revents != 0) throw Interrupted();
    if (both[1].revents != 0) return;
  }
}

}  // namespace hiveframe::pipeline
