#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/manager/admin_sections.hpp"
#include "daemon/manager/manager.hpp"

namespace hiveframe::daemon {

class Log;

/// The admin API of a daemon: what it does, over HTTP. Everything is called on the control executor, or
/// before it runs; it never touches the data plane but through the manager, which outlives it.
class AdminServer {
 public:
  /// `log` is the daemon's, and outlives it.
  AdminServer(boost::asio::any_io_executor control, Manager& manager, Log& log, AdminSettings settings,
              std::string version);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  /// Begins to listen on all addresses, and gives them as a client writes them: "http://127.0.0.1:8610",
  /// "unix:/run/hiveframed/admin.sock". Throws net::Error.
  std::vector<std::string> listen();

  /// Lets answers that are being given come to their end for a moment, and ends the rest; answered when that
  /// is done. Once.
  void stop(std::function<void()> stopped);

 private:
  struct Parts;
  const std::shared_ptr<Parts> parts_;
};

}  // namespace hiveframe::daemon
