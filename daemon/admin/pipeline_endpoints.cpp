#include <chrono>
#include <string>
#include <vector>

#include "config/did_you_mean.hpp"
#include "config/text.hpp"
#include "daemon/admin/described.hpp"
#include "daemon/admin/endpoints.hpp"
#include "daemon/admin/pipeline_shapes.hpp"
#include "daemon/admin/rates.hpp"
#include "daemon/manager/pipeline_name.hpp"
#include "net/problem.hpp"

namespace hiveframe::daemon {
namespace {

struct PipelineList {
  std::vector<PipelineSummary> pipelines;
};
const Described<PipelineList>& described(const PipelineList*) {
  static const Described<PipelineList> described(
      "PipelineList", shown<PipelineList>("pipelines", &PipelineList::pipelines, "By name"));
  return described;
}

using AtOnce = std::function<net::Response(const net::Request&)>;

net::Response list(const net::Request& request, const Manager& manager, const Rates& rates) {
  const std::vector<PipelineView> views = manager.pipelines();
  const std::string* state = query_text(request, "state");
  const auto now = std::chrono::steady_clock::now();
  PipelineList list;
  for (const PipelineView& each : views) {
    if (state == nullptr || *state == to_string(each.state))
      list.pipelines.push_back({each, rates.rate(each, now)});
  }
  return net::Response::json(described(&list).to_json(list));
}

net::Response details(const net::Request& request, const Manager& manager, const Rates& rates) {
  const std::optional<PipelineView> view = manager.pipeline(request.parameters.at("name"));
  if (!view) return unknown_pipeline(request, manager);
  const PipelineDetails details{*view, rates.rate(*view, std::chrono::steady_clock::now())};
  return net::Response::json(described(&details).to_json(details));
}

}  // namespace

Shape pipeline_name_shape() {
  Shape shape = text_shape();
  shape.pattern = name_pattern;
  return shape;
}

net::Response unknown_pipeline(const net::Request& request, const Manager& manager) {
  std::vector<std::string> names;
  for (const PipelineView& each : manager.pipelines())
    names.push_back(each.name);
  const std::string& name = request.parameters.at("name");
  std::string detail = "there is no pipeline " + config::quote(name);
  const std::string near = config::nearest(name, names);
  if (!near.empty()) detail += "; did you mean '" + near + "'?";
  return net::Problem(404, detail).to_response(request);
}

net::Response not_done(const CommandAnswer& answer, const net::Request& request, const Manager& manager) {
  if (answer.outcome == CommandAnswer::Outcome::unknown) return unknown_pipeline(request, manager);
  const unsigned status = answer.outcome == CommandAnswer::Outcome::refused ? 409 : 503;
  return net::Problem(status, request.parameters.at("name") + ": " + answer.message).to_response(request);
}

void add_pipeline_endpoints(Endpoints& endpoints, Manager& manager, const Rates& rates) {
  endpoints.add({.path = "/pipelines",
                 .id = "listPipelines",
                 .group = "pipelines",
                 .summary = "All pipelines",
                 .query = {{"state", choice_shape(state_words()), "Only those in this state"}},
                 .answers = {{200, "The pipelines", "application/json",
                              described(static_cast<const PipelineList*>(nullptr)).shape()}},
                 .handler = AtOnce([&manager, &rates](const net::Request& request) {
                   return list(request, manager, rates);
                 })});
  endpoints.add({.path = "/pipelines/{name}",
                 .id = "getPipeline",
                 .group = "pipelines",
                 .summary = "One pipeline: state, numbers, positions, last errors, configuration in force",
                 .path_parameters = pipeline_name_shape(),
                 .answers = {{200, "The pipeline", "application/json",
                              described(static_cast<const PipelineDetails*>(nullptr)).shape()}},
                 .problems = {404},
                 .handler = AtOnce([&manager, &rates](const net::Request& request) {
                   return details(request, manager, rates);
                 })});
}

}  // namespace hiveframe::daemon
