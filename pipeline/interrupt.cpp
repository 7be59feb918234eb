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
  raised_ = true;
  const std::uint64_t one = 1;
  // Fails only when it has been raised 2^64 - 1 times, which is raised enough.
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

void Interrupt::wait_readable(int descriptor) const { wait(descriptor, POLLIN); }

void Interrupt::wait_writable(int descriptor) const { wait(descriptor, POLLOUT); }

void Interrupt::sleep_until(std::chrono::steady_clock::time_point time) const {
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::nanoseconds left = time > now ? time - now : std::chrono::nanoseconds(0);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec timeout{seconds.count(), (left - seconds).count()};
    pollfd event{event_, POLLIN, 0};
    const int ready = ::ppoll(&event, 1, &timeout, nullptr);
    if (ready > 0) throw Interrupted();
    if (ready == 0) return;
    if (errno != EINTR) throw_file_error(errno, "wait for", "an eventfd");
  }
}

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
