#include "daemon/os/service_notifier.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace hiveframe::daemon {
namespace {

std::optional<std::uint64_t> parse(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// As the service manager reads it, CLOCK_MONOTONIC in microseconds.
std::uint64_t monotonic_usec() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

// A value ends with its line.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

ServiceNotifier::ServiceNotifier(std::string socket) : socket_(std::move(socket)) {
  if (socket_.empty()) return;
  if (socket_.size() < 2 || (socket_.front() != '/' && socket_.front() != '@')) {
    problem_ = "it is neither a path nor an abstract name";
  } else if (socket_.size() >= sizeof(sockaddr_un::sun_path)) {
    problem_ = "it is too long for the name of a socket";
  } else {
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) problem_ = std::generic_category().message(errno);
  }
  if (descriptor_ < 0) return;
  // A listener whose queue is full does not hold the daemon up.
  const timeval longest{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
}

ServiceNotifier::~ServiceNotifier() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ServiceNotifier::ready(std::string_view status) { send("READY=1\nSTATUS=" + one_line(status)); }

void ServiceNotifier::reloading() {
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_usec()) + "\nSTATUS=reloading");
}

void ServiceNotifier::stopping() { send("STOPPING=1\nSTATUS=finishing what was read"); }

void ServiceNotifier::status(std::string_view line) { send("STATUS=" + one_line(line)); }

void ServiceNotifier::keep_alive() { send("WATCHDOG=1"); }

void ServiceNotifier::send(const std::string& message) {
  if (descriptor_ < 0) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  // An abstract name begins with a zero byte, and ends with the address.
  if (socket_.front() == '@') address.sun_path[0] = '\0';
  const std::size_t size =
      offsetof(sockaddr_un, sun_path) + socket_.size() + (socket_.front() == '/' ? 1 : 0);
  const ssize_t sent = ::sendto(descriptor_, message.data(), message.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
  problem_ = sent < 0 ? std::generic_category().message(errno) : std::string();
}

std::optional<std::chrono::microseconds> watchdog_interval(std::string_view usec, std::string_view pid) {
  const std::optional<std::uint64_t> interval = parse(usec);
  if (!interval || *interval == 0 || *interval > INT64_MAX) return std::nullopt;
  if (!pid.empty() && parse(pid) != static_cast<std::uint64_t>(::getpid())) return std::nullopt;
  return std::chrono::microseconds(*interval);
}

}  // namespace hiveframe::daemon
