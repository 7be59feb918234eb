#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/command_line.hpp"
#include "net/http_client.hpp"

namespace hiveframe::daemon {

/// What `ctl` was given.
struct CtlArguments {
  std::string url;          ///< empty: as the daemon file has it, or $HIVEFRAMED_URL, or the default
  std::string daemon_file;  ///< empty: none
  std::string token_file;
  net::ClientTls tls;
  std::vector<std::string> names;
  std::string state;
  std::string id, stage, error;  // of dead letters
  std::string level, component;  // of the log
  std::uint64_t rate = 0;        // 0: as the daemon has it
  std::uint64_t limit = 0;       // 0: none
  std::uint64_t after = 0;
  bool from_start = false;
  bool all = false;
  bool json = false;
};

/// Asks one daemon for one command.
class CtlClient {
 public:
  /// What cannot be done because of the arguments or the daemon file: an exit status, when that was said.
  struct Refused {
    int status;
  };

  /// Throws Refused, and net::Error.
  CtlClient(const CtlArguments& arguments, Io& io);

  /// True: what was shown is good; else the exit status says that it is not.
  using Show = std::function<bool(std::string_view json, std::ostream& out)>;

  /// Shows a successful answer: as it came with --json. The exit status. Throws net::Error.
  int ask(const net::ClientRequest& request, const Show& show);
  /// The same with an answer that must come soon.
  int ask_soon(const net::ClientRequest& request, const Show& show);
  /// Copies an answer that goes on, until nobody reads it any more.
  int follow(const net::ClientRequest& request);
  /// Says why nothing is asked for with these arguments; the exit status.
  int refuse(std::string_view why);

 private:
  int fail(const net::ClientRequest& request, const net::ClientResponse& response);

  net::ClientSettings settings_;
  const bool json_;
  Io& io_;
};

}  // namespace hiveframe::daemon
