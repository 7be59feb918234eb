#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/admin/callback_result.hpp"
#include "daemon/admin/described.hpp"
#include "daemon/admin/endpoints.hpp"
#include "net/problem.hpp"

// GCC 12 takes Asio's memory of coroutines for a mismatch (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace hiveframe::daemon {
namespace {

struct CommandResult {
  std::string pipeline;
  std::string state;  ///< after the command
  std::optional<std::string> message;
};
const Described<CommandResult>& described(const CommandResult*) {
  using C = CommandResult;
  static const Described<C> described("CommandResult", shown<C>("pipeline", &C::pipeline),
                                      shown<C>("state", &C::state, "What it is in now"),
                                      shown<C>("message", &C::message, "What else there is to know"));
  return described;
}

using Later = std::function<net::Task<net::Response>(const net::Request&)>;
/// Of a pipeline: by its name, for a request.
using Command = std::function<void(const std::string& name, const net::Request&, Manager::Done)>;
using SimpleCommand = void (Manager::*)(std::string_view, Manager::Done);

net::Task<net::Response> carry_out(Manager& manager, const Command& command, const net::Request& request) {
  const std::string name = request.parameters.at("name");
  std::function<void(Manager::Done)> begin = [&command, &request, &name](Manager::Done done) {
    command(name, request, std::move(done));
  };
  net::Task<CommandAnswer> answering = callback_result<CommandAnswer>(std::move(begin));
  const CommandAnswer answer = co_await std::move(answering);
  if (answer.outcome != CommandAnswer::Outcome::done) co_return not_done(answer, request, manager);
  const std::optional<PipelineView> view = manager.pipeline(name);
  CommandResult result{name, std::string(to_string(view ? view->state : PipelineState::stopped)), {}};
  if (!answer.message.empty()) result.message = answer.message;
  co_return net::Response::json(described(&result).to_json(result));
}

Endpoint command_endpoint(Manager& manager, const std::string& verb, Command command) {
  Endpoint endpoint;
  endpoint.method = net::Method::post;
  endpoint.path = "/pipelines/{name}/" + verb;
  endpoint.id = verb + "Pipeline";
  endpoint.group = "commands";
  endpoint.path_parameters = pipeline_name_shape();
  endpoint.answers = {{200, "It was done", "application/json",
                       described(static_cast<const CommandResult*>(nullptr)).shape()}};
  endpoint.problems = {404, 409, 503};
  endpoint.handler = Later([&manager, command = std::move(command)](const net::Request& request) {
    return carry_out(manager, command, request);
  });
  return endpoint;
}

void add_simple(Endpoints& endpoints, Manager& manager, const std::string& verb, SimpleCommand command,
                const std::string& summary, const std::string& help) {
  Endpoint endpoint = command_endpoint(
      manager, verb, [&manager, command](const std::string& name, const net::Request&, Manager::Done done) {
        (manager.*command)(name, std::move(done));
      });
  endpoint.summary = summary;
  endpoint.help = help;
  endpoints.add(std::move(endpoint));
}

void add_restart(Endpoints& endpoints, Manager& manager) {
  Endpoint endpoint =
      command_endpoint(manager, "restart",
                       [&manager](const std::string& name, const net::Request& request, Manager::Done done) {
                         const std::string* from_start = query_text(request, "from_start");
                         const bool from = from_start != nullptr && *from_start == "true";
                         manager.restart(name, from ? From::start : From::position, std::move(done));
                       });
  endpoint.summary = "Finishes what was read, and starts again";
  endpoint.query = {
      {"from_start", flag_shape(), "Forget how far it had read, and begin with the first record"}};
  endpoints.add(std::move(endpoint));
}

const std::vector<std::string>& action_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all;
    for (const ReloadAction each : {ReloadAction::unchanged, ReloadAction::added, ReloadAction::replaced,
                                    ReloadAction::removed, ReloadAction::rolled_back, ReloadAction::failed})
      all.emplace_back(to_string(each));
    return all;
  }();
  return words;
}

std::optional<std::string> detail_of(const ReloadedPipeline& pipeline) {
  return pipeline.detail.empty() ? std::nullopt : std::optional(pipeline.detail);
}

}  // namespace

// Beside their types, where lookup finds them.
const Described<ReloadedPipeline>& described(const ReloadedPipeline*) {
  using R = ReloadedPipeline;
  static const Described<R> described(
      "ReloadedPipeline", shown<R>("name", &R::name),
      shown_choice<R>(
          "action", action_words(), [](const R& r) { return to_string(r.action); }, "What was done with it"),
      shown<R>("detail", &detail_of, "Why, and what else there is to know"));
  return described;
}

const Described<ReloadReport>& described(const ReloadReport*) {
  using R = ReloadReport;
  static const Described<R> described(
      "ReloadReport", shown<R>("sound", &R::sound, "Every pipeline has what its file says, and is up"),
      shown<R>("pipelines", &R::pipelines, "By name"),
      shown<R>("needs_restart", &R::needs_restart,
               "Settings of the daemon file that changed and are in force only after a restart"),
      shown<R>("time", &R::time, "When it was done"),
      shown<R>(
          "seconds", [](const R& r) { return std::chrono::duration<double>(r.took).count(); },
          "How long it took"));
  return described;
}

namespace {

net::Response refused(const ReloadReport& report, const net::Request& request) {
  if (!report.diagnostics || report.diagnostics->empty())
    return net::Problem(409, report.refused_because).to_response(request);
  std::vector<std::string> errors;
  for (const config::Diagnostic& each : report.diagnostics->sorted())
    errors.push_back(config::render(each, report.diagnostics->concealed()));
  return net::Problem(422, report.refused_because.empty()
                               ? "the new configuration has errors: nothing was touched"
                               : report.refused_because)
      .member("errors", std::move(errors))
      .to_response(request);
}

net::Task<net::Response> reload(Manager& manager, const net::Request& request) {
  using Report = std::shared_ptr<const ReloadReport>;
  std::function<void(Manager::Reloaded)> begin = [&manager](Manager::Reloaded done) {
    manager.reload(std::move(done));
  };
  net::Task<Report> reloading = callback_result<Report>(std::move(begin));
  const Report report = co_await std::move(reloading);
  if (!report->accepted) co_return refused(*report, request);
  co_return net::Response::json(described(report.get()).to_json(*report));
}

}  // namespace

void add_command_endpoints(Endpoints& endpoints, Manager& manager) {
  add_simple(endpoints, manager, "pause", &Manager::pause, "Finishes what was read, and holds",
             "Answers when that is done. 'resume' goes on where it stands.");
  add_simple(endpoints, manager, "resume", &Manager::resume, "Goes on with a paused or stopped pipeline", "");
  add_simple(endpoints, manager, "drain", &Manager::drain, "Finishes what was read, and stops",
             "Answers when that is done.");
  add_restart(endpoints, manager);
  endpoints.add(
      {.method = net::Method::post,
       .path = "/reload",
       .id = "reload",
       .group = "commands",
       .summary = "Reads the configuration anew",
       .help = "It is checked as a whole first: with errors nothing is touched (422, with all of them). "
               "Unchanged pipelines go on; changed ones are drained and replaced, and rolled back if "
               "what is new does not come up in time.",
       .answers = {{200, "It is in force, but for what was rolled back", "application/json",
                    described(static_cast<const ReloadReport*>(nullptr)).shape()}},
       .problems = {409, 422},
       .handler = Later([&manager](const net::Request& request) { return reload(manager, request); })});
}

}  // namespace hiveframe::daemon
