#include "daemon/cli/ctl_client.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <sstream>

#include "config/environment.hpp"
#include "config/text.hpp"
#include "daemon/cli/ctl_views.hpp"
#include "daemon/cli/daemon_address.hpp"
#include "daemon/cli/show_diagnostics.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/manager/configuration.hpp"
#include "net/error.hpp"

namespace hiveframe::daemon {
namespace {

constexpr const char* url_variable = "HIVEFRAMED_URL";
constexpr const char* token_variable = "HIVEFRAMED_TOKEN";
constexpr const char* default_url = "http://127.0.0.1:8610";

// Whoever looks after the health of a service asks often, and does not wait for long.
constexpr std::chrono::seconds soon{5};

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr ? text : "";
}

config::Secret token_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw net::Error({"read the token in", config::quote(path), "it cannot be opened",
                      "give a file that holds nothing but the token"});
  }
  std::string token = text.str();
  while (token.ends_with('\n') || token.ends_with('\r'))
    token.pop_back();
  return config::Secret(std::move(token));
}

AdminSettings settings_in(const std::string& daemon_file, Io& io) {
  const DaemonOptions options;
  const config::ProcessEnvironment environment;
  config::Diagnostics diagnostics;
  const std::optional<DaemonSettings> daemon =
      read_daemon_file(daemon_file, options, environment, diagnostics);
  if (daemon && diagnostics.empty()) return daemon->admin;
  show(diagnostics, io);
  throw CtlClient::Refused{exit_usage};
}

}  // namespace

CtlClient::CtlClient(const CtlArguments& arguments, Io& io) : json_(arguments.json), io_(io) {
  settings_.url = arguments.url;
  settings_.tls = arguments.tls;
  // A pipeline may drain for as long as its shutdown_timeout says; the daemon's own deadlines hold.
  settings_.answer_time = std::chrono::hours(1);
  if (!arguments.daemon_file.empty()) {
    const AdminSettings admin = settings_in(arguments.daemon_file, io);
    settings_.token = admin.token;
    if (settings_.url.empty()) settings_.url = local_url(admin);
    if (settings_.url.empty()) {
      io.err << "hiveframed ctl: by " << config::quote(arguments.daemon_file)
             << " the daemon listens on no address that could be known: give 'admin: {listen: ...}' one, or "
                "say --url\n";
      throw Refused{exit_usage};
    }
  }
  if (settings_.url.empty()) settings_.url = variable(url_variable);
  if (settings_.url.empty()) settings_.url = default_url;
  if (!arguments.token_file.empty()) {
    settings_.token = token_in(arguments.token_file);
  } else if (settings_.token.empty()) {
    settings_.token = config::Secret(variable(token_variable));
  }
}

int CtlClient::ask(const net::ClientRequest& request, const Show& show) {
  const net::ClientResponse response = net::HttpClient(settings_).send(request);
  if (!response.succeeded()) return fail(request, response);
  if (!json_) return show(response.body, io_.out) ? exit_done : exit_failed;
  io_.out << response.body;
  return exit_done;
}

int CtlClient::ask_soon(const net::ClientRequest& request, const Show& show) {
  settings_.connect_time = settings_.answer_time = soon;
  return ask(request, show);
}

int CtlClient::follow(const net::ClientRequest& request) {
  net::HttpClient client(settings_);
  const net::ClientResponse response = client.stream(request, [this](std::string_view bytes) {
    io_.out << bytes << std::flush;
    return io_.out.good();
  });
  return response.succeeded() ? exit_done : fail(request, response);
}

int CtlClient::refuse(std::string_view why) {
  io_.err << "hiveframed ctl: " << why << '\n';
  return exit_usage;
}

int CtlClient::fail(const net::ClientRequest& request, const net::ClientResponse& response) {
  if (json_) {
    io_.out << response.body << '\n';
  } else {
    for (const std::string& each : problem_list(response.body, "errors"))
      io_.err << each;
    for (const std::string& each : problem_list(response.body, "reasons"))
      io_.err << printable(each) << '\n';
    // Of what was asked for the daemon says enough; who may ask, the error says with what to do about it.
    std::string what = response.status == 403 ? std::string() : problem_detail(response.body);
    if (response.status == 401) {
      what = settings_.token.empty() ? "the daemon asks for its token" : "the daemon has another token";
      what +=
          fmt::format(": say --token-file FILE, set {}, or name its daemon file by --config", token_variable);
    }
    if (what.empty()) what = net::to_error(request, response, settings_.url).what();
    io_.err << "hiveframed ctl: " << printable(what) << '\n';
  }
  return response.status == 422 ? exit_usage : exit_failed;
}

}  // namespace hiveframe::daemon
