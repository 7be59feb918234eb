#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::daemon {

/// Tells the service manager how the daemon is, by the protocol of sd_notify(3): lines of VARIABLE=value in
/// one datagram to the AF_UNIX socket that $NOTIFY_SOCKET names, by a path or, after '@', in the abstract
/// namespace. Where nobody listens it says nothing. What cannot be sent within a second is left out. One
/// thread.
class ServiceNotifier {
 public:
  /// `socket` as in $NOTIFY_SOCKET; empty: nobody listens.
  explicit ServiceNotifier(std::string socket);
  ~ServiceNotifier();
  ServiceNotifier(const ServiceNotifier&) = delete;
  ServiceNotifier& operator=(const ServiceNotifier&) = delete;

  [[nodiscard]] bool has_listener() const noexcept { return descriptor_ >= 0; }
  /// Why nobody hears it though there is a socket; empty: somebody does, or nobody asked for it.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  /// Start-up, or a reload, is complete. `status`: one line for people.
  void ready(std::string_view status);
  /// A reload begins; ready() ends it.
  void reloading();
  void stopping();
  void status(std::string_view line);
  /// It is alive; to be said twice in each interval of watchdog_interval().
  void keep_alive();

 private:
  void send(const std::string& message);

  std::string socket_;
  std::string problem_;
  int descriptor_ = -1;
};

/// How often the service manager wants to hear from this process, see sd_watchdog_enabled(3), by the values
/// of $WATCHDOG_USEC and $WATCHDOG_PID (empty where they are not set); nothing: it does not.
std::optional<std::chrono::microseconds> watchdog_interval(std::string_view usec, std::string_view pid);

}  // namespace hiveframe::daemon
