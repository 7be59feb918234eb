#include "pipeline/interrupt.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "pipeline/errors.hpp"

namespace hiveframe::pipeline {

using Clock = std::chrono::steady_clock;

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

void Interrupt::wait_readable(int descriptor) const {
  static_cast<void>(wait(descriptor, POLLIN, Clock::time_point::max()));
}

void Interrupt::wait_writable(int descriptor) const {
  static_cast<void>(wait(descriptor, POLLOUT, Clock::time_point::max()));
}

bool Interrupt::wait_ready(int descriptor, bool writable_too, Clock::time_point deadline) const {
  return wait(descriptor, static_cast<short>(writable_too ? POLLIN | POLLOUT : POLLIN), deadline);
}

void Interrupt::sleep_until(Clock::time_point time) const {
  // A descriptor below zero is passed over: see poll(2).
  static_cast<void>(wait(-1, 0, time));
}

bool Interrupt::wait(int descriptor, short events, Clock::time_point deadline) const {
  for (;;) {
    timespec timeout{};
    const bool forever = deadline == Clock::time_point::max();
    if (!forever) {
      const auto now = Clock::now();
      const std::chrono::nanoseconds left = deadline > now ? deadline - now : std::chrono::nanoseconds(0);
      const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
      timeout = {seconds.count(), (left - seconds).count()};
    }
    pollfd both[] = {{event_, POLLIN, 0}, {descriptor, events, 0}};
    const int ready = ::ppoll(both, 2, forever ? nullptr : &timeout, nullptr);
    if (ready < 0) {
      if (errno == EINTR) continue;
      throw_file_error(errno, "wait for", "a descriptor");
    }
    if (both[0].revents != 0) throw Interrupted();
    if (both[1].revents != 0) return true;
    if (ready == 0) return false;
  }
}

}  // namespace hiveframe::pipeline
