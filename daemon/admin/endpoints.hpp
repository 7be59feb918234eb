#pragma once

#include <memory>
#include <string>

#include "daemon/admin/endpoint.hpp"
#include "daemon/manager/manager.hpp"

namespace hiveframe::daemon {

class Log;
class Rates;

// Each adds the operations of one group. What they are given outlives the endpoints' handlers, which run on
// the control executor.

/// /healthz, /readyz, /metrics, /version.
void add_service_endpoints(Endpoints& endpoints, Manager& manager, const std::string& version);
/// The list, and one pipeline.
void add_pipeline_endpoints(Endpoints& endpoints, Manager& manager, const Rates& rates);
/// Pause, resume, drain and restart of a pipeline, and reload.
void add_command_endpoints(Endpoints& endpoints, Manager& manager);
/// Records as they pass.
void add_tap_endpoint(Endpoints& endpoints, Manager& manager);

/// Dead letters: shown, replayed, discarded.
void add_letter_endpoints(Endpoints& endpoints, Manager& manager);
/// What is logged.
void add_log_endpoints(Endpoints& endpoints, Manager& manager, Log& log);

/// What a pipeline's name looks like.
Shape pipeline_name_shape();
/// 404, for a name that no pipeline has.
net::Response unknown_pipeline(const net::Request& request, const Manager& manager);
/// Of a command on the pipeline that the path names, which did not come out as asked: 404, 409 or 503, and
/// whose it is, for one may have told several the same.
net::Response not_done(const CommandAnswer& answer, const net::Request& request, const Manager& manager);

}  // namespace hiveframe::daemon
