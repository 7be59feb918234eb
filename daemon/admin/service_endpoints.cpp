#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/admin/described.hpp"
#include "daemon/admin/endpoints.hpp"
#include "daemon/admin/metrics.hpp"
#include "net/problem.hpp"

namespace hiveframe::daemon {
namespace {

/// Longer than anything takes that the data plane does in one go.
constexpr std::chrono::seconds longest_turn{10};

struct Health {
  std::string status = "ok";
};
const Described<Health>& described(const Health*) {
  static const Described<Health> described("Health", shown_choice<Health>("status", {"ok"}, &Health::status));
  return described;
}

struct Readiness {
  std::string status = "ready";
  std::uint64_t pipelines = 0;
};
const Described<Readiness>& described(const Readiness*) {
  static const Described<Readiness> described(
      "Readiness", shown_choice<Readiness>("status", {"ready"}, &Readiness::status),
      shown<Readiness>("pipelines", &Readiness::pipelines, "How many there are, all of them ready"));
  return described;
}

struct Version {
  std::string version;
};
const Described<Version>& described(const Version*) {
  static const Described<Version> described("Version", shown<Version>("version", &Version::version));
  return described;
}

template <typename T>
net::Response json(const T& value) {
  return net::Response::json(described(static_cast<const T*>(nullptr)).to_json(value));
}
template <typename T>
Answer json_answer(std::string help) {
  return {200, std::move(help), "application/json", described(static_cast<const T*>(nullptr)).shape()};
}

net::Response health(const net::Request& request, const Manager& manager) {
  const std::chrono::milliseconds ago = manager.data_turned_ago();
  if (ago <= longest_turn) return json(Health{});
  return net::Problem(503, "the data plane's threads have not taken a turn for " +
                               std::to_string(ago / std::chrono::seconds(1)) +
                               " s; the log, or a debugger, says what holds them up")
      .to_response(request);
}

net::Response readiness(const net::Request& request, const Manager& manager) {
  const std::vector<PipelineView> pipelines = manager.pipelines();
  std::vector<std::string> reasons;
  for (const PipelineView& each : pipelines) {
    if (is_ready(each.state)) continue;
    std::string reason = each.name + " is " + std::string(to_string(each.state));
    if (!each.reason.empty()) reason += ": " + each.reason;
    reasons.push_back(std::move(reason));
  }
  if (reasons.empty()) return json(Readiness{"ready", pipelines.size()});
  const std::string detail =
      std::to_string(reasons.size()) + " of " + std::to_string(pipelines.size()) + " pipelines are not ready";
  return net::Problem(503, detail).member("reasons", std::move(reasons)).to_response(request);
}

Observation observe(const Manager& manager, const std::string& version) {
  return {manager.pipelines(),
          manager.engine(),
          process_numbers(),
          version,
          std::chrono::system_clock::now(),
          std::chrono::steady_clock::now()};
}

using AtOnce = std::function<net::Response(const net::Request&)>;

}  // namespace

void add_service_endpoints(Endpoints& endpoints, Manager& manager, const std::string& version) {
  endpoints.add(
      {.path = "/healthz",
       .id = "getHealth",
       .group = "service",
       .summary = "Whether the daemon works",
       .help = "503 when its threads do not turn: it should be restarted.",
       .answers = {json_answer<Health>("It does")},
       .open = true,
       .handler = AtOnce([&manager](const net::Request& request) { return health(request, manager); })});
  endpoints.add(
      {.path = "/readyz",
       .id = "getReadiness",
       .group = "service",
       .summary = "Whether every pipeline is running, paused or finished",
       .help = "503 with the reasons otherwise; what waits for the world is not ready.",
       .answers = {json_answer<Readiness>("They are")},
       .handler = AtOnce([&manager](const net::Request& request) { return readiness(request, manager); })});
  const auto metrics = std::make_shared<Metrics>();
  endpoints.add({.path = "/metrics",
                 .id = "getMetrics",
                 .group = "service",
                 .summary = "Metrics for Prometheus",
                 .answers = {{200, "Text format 0.0.4", "text/plain", std::nullopt}},
                 .handler = AtOnce([&manager, metrics, version](const net::Request&) {
                   net::Response response = net::Response::text(metrics->text(observe(manager, version)));
                   response.content_type = Metrics::content_type;
                   return response;
                 })});
  endpoints.add({.path = "/version",
                 .id = "getVersion",
                 .group = "service",
                 .summary = "The version of the daemon",
                 .answers = {json_answer<Version>("The version")},
                 .handler = AtOnce([version](const net::Request&) { return json(Version{version}); })});
}

}  // namespace hiveframe::daemon
