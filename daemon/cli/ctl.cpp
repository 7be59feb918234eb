#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>

#include "config/json_text.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/ctl_client.hpp"
#include "daemon/cli/ctl_views.hpp"
#include "daemon/cli/table.hpp"
#include "net/error.hpp"
#include "net/percent.hpp"

namespace hiveframe::daemon {
namespace {

using Shared = std::shared_ptr<CtlArguments>;
using Act = std::function<int(CtlClient&, const CtlArguments&)>;

CLI::App* add(CLI::App& ctl, Invocation& invocation, const Shared& arguments, const char* name,
              const char* help, Act act) {
  CLI::App* command = ctl.add_subcommand(name, help);
  command->fallthrough();
  command->footer("");
  command->callback([arguments, act = std::move(act), &invocation] {
    invocation.action = [arguments, act, &invocation] {
      try {
        CtlClient client(*arguments, invocation.io);
        return act(client, *arguments);
      } catch (const CtlClient::Refused& refused) {
        return refused.status;
      } catch (const net::Error& error) {
        invocation.io.err << "hiveframed ctl: " << printable(error.what()) << '\n';
        return static_cast<int>(exit_failed);
      }
    };
  });
  return command;
}

CtlClient::Show always(void (*show)(std::string_view, std::ostream&)) {
  return [show](std::string_view json, std::ostream& out) {
    show(json, out);
    return true;
  };
}

bool copy(std::string_view text, std::ostream& out) {
  out << text;
  return true;
}

std::string path_of(const std::string& pipeline) { return "/pipelines/" + net::percent_encode(pipeline); }

net::ClientRequest get(std::string target) {
  net::ClientRequest request;
  request.target = std::move(target);
  return request;
}

net::ClientRequest post(std::string target) {
  net::ClientRequest request = get(std::move(target));
  request.method = net::Method::post;
  return request;
}

/// The part of a target behind the path; what is not given is left out.
class QueryText {
 public:
  QueryText& add(const char* name, const std::string& value) {
    if (!value.empty())
      text_ += (text_.empty() ? "?" : "&") + std::string(name) + "=" + net::percent_encode(value);
    return *this;
  }
  QueryText& add(const char* name, std::uint64_t value) {
    return add(name, value == 0 ? std::string() : std::to_string(value));
  }
  QueryText& add(const char* name, bool value) { return add(name, std::string(value ? "true" : "")); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// The same for each pipeline; the worst outcome of them.
int for_each(CtlClient& client, const CtlArguments& given, const std::string& verb) {
  const QueryText query = QueryText().add("from_start", given.from_start);
  int worst = exit_done;
  for (const std::string& each : given.names)
    worst = std::max(
        worst, client.ask(post(path_of(each) + "/" + verb + query.text()), always(&show_command_result)));
  return worst;
}

void add_name(CLI::App& command, const Shared& arguments) {
  command.add_option("NAME", arguments->names, "The pipeline")->required()->expected(1);
}

void add_questions(CLI::App& ctl, Invocation& invocation, const Shared& arguments) {
  CLI::App* list = add(ctl, invocation, arguments, "list", "All pipelines",
                       [](CtlClient& client, const CtlArguments& given) {
                         const QueryText query = QueryText().add("state", given.state);
                         return client.ask(get("/pipelines" + query.text()), always(&show_pipelines));
                       });
  list->add_option("--state", arguments->state, "Only those in this state")->type_name("STATE");
  CLI::App* show =
      add(ctl, invocation, arguments, "show", "One pipeline: state, numbers, positions, last errors",
          [](CtlClient& client, const CtlArguments& given) {
            return client.ask(get(path_of(given.names.front())), always(&show_pipeline));
          });
  add_name(*show, arguments);
  CLI::App* tap = add(ctl, invocation, arguments, "tap",
                      "Some records as they pass, before and after each transform: a JSON line for each",
                      [](CtlClient& client, const CtlArguments& given) {
                        const QueryText query = QueryText().add("rate", given.rate).add("limit", given.limit);
                        return client.follow(get(path_of(given.names.front()) + "/tap" + query.text()));
                      });
  add_name(*tap, arguments);
  tap->add_option("--rate", arguments->rate, "At most so many a second (10)")->type_name("N");
  tap->add_option("--limit", arguments->limit, "End after so many")->type_name("N");
  add(ctl, invocation, arguments, "metrics", "Metrics, as Prometheus reads them",
      [](CtlClient& client, const CtlArguments&) { return client.ask(get("/metrics"), &copy); });
  add(ctl, invocation, arguments, "health",
      "Whether the daemon works: exit status 0 or 1, within seconds; for health checks of containers",
      [](CtlClient& client, const CtlArguments&) {
        return client.ask_soon(get("/healthz"), always(&show_health));
      });
  add(ctl, invocation, arguments, "ready",
      "Whether every pipeline is running, paused or finished: exit status 0 or 1",
      [](CtlClient& client, const CtlArguments&) {
        return client.ask_soon(get("/readyz"), always(&show_readiness));
      });
}

void add_commands(CLI::App& ctl, Invocation& invocation, const Shared& arguments) {
  const auto on_pipelines = [&](const char* verb, const char* help) {
    CLI::App* command =
        add(ctl, invocation, arguments, verb, help,
            [verb](CtlClient& client, const CtlArguments& given) { return for_each(client, given, verb); });
    command->add_option("NAME", arguments->names, "Pipelines")->required();
    return command;
  };
  on_pipelines("pause", "Finish what was read, and hold");
  on_pipelines("resume", "Go on with paused or stopped pipelines");
  on_pipelines("drain", "Finish what was read, and stop");
  on_pipelines("restart", "Finish what was read, and start again")
      ->add_flag("--from-start", arguments->from_start, "Forget how far it had read");
  add(ctl, invocation, arguments, "reload", "Read the configuration anew; with errors nothing is touched",
      [](CtlClient& client, const CtlArguments&) { return client.ask(post("/reload"), &show_reload); });
}

QueryText selection(const CtlArguments& given) {
  return QueryText().add("id", given.id).add("stage", given.stage).add("error", given.error);
}

std::string letters_path(const CtlArguments& given) { return path_of(given.names.front()) + "/dead-letters"; }

void add_dead_letters(CLI::App& ctl, Invocation& invocation, const Shared& arguments) {
  CLI::App* letters =
      ctl.add_subcommand("dead-letters", "Records that were bad: list, replay or discard them");
  letters->fallthrough();
  letters->require_subcommand(1);
  letters->footer("");
  const auto add_for_letters = [&](const char* name, const char* help, Act act) {
    CLI::App* command = add(*letters, invocation, arguments, name, help, std::move(act));
    add_name(*command, arguments);
    command->add_option("--id", arguments->id, "Only those of this id")->type_name("ID");
    command->add_option("--stage", arguments->stage, "Only those found bad in this stage")
        ->type_name("STAGE");
    command->add_option("--error", arguments->error, "Only those with an error of this type")
        ->type_name("TYPE");
    return command;
  };
  CLI::App* list =
      add_for_letters("list", "What was bad, and why", [](CtlClient& client, const CtlArguments& given) {
        const QueryText query = selection(given).add("limit", given.limit).add("after", given.after);
        return client.ask(get(letters_path(given) + query.text()), always(&show_letters));
      });
  list->add_option("--limit", arguments->limit, "At most so many (100)")->type_name("N");
  list->add_option("--after", arguments->after, "Go on where an earlier list ended")->type_name("PLACE");
  add_for_letters("replay",
                  "Have them pass the pipeline again; what is bad again becomes a dead letter again",
                  [](CtlClient& client, const CtlArguments& given) {
                    return client.ask(post(letters_path(given) + "/replay" + selection(given).text()),
                                      always(&show_replayed));
                  });
  add_for_letters("discard", "Remove them for good", [](CtlClient& client, const CtlArguments& given) {
    if (selection(given).text().empty() != given.all)
      return client.refuse(
          "say which dead letters to discard: by --id, --stage or --error, or --all of them");
    const QueryText query = selection(given).add("all", given.all);
    return client.ask(post(letters_path(given) + "/discard" + query.text()), always(&show_discarded));
  })->add_flag("--all", arguments->all, "All of them");
}

int log_level(CtlClient& client, const CtlArguments& given) {
  if (given.level.empty()) return client.ask(get("/log/levels"), always(&show_log_levels));
  config::JsonText body;
  body.object([&] {
    if (!given.component.empty()) body.member("component", given.component);
    body.member("level", given.level);
  });
  net::ClientRequest request = post("/log/levels");
  request.body = body.str();
  return client.ask(request, always(&show_log_levels));
}

void add_log_level(CLI::App& ctl, Invocation& invocation, const Shared& arguments) {
  CLI::App* command = add(ctl, invocation, arguments, "log-level",
                          "What is logged; or change it, until a restart", &log_level);
  command->add_option("LEVEL", arguments->level, "debug, info, warning or error; or default: as all others")
      ->type_name("");
  command->add_option("--component", arguments->component, "Of this component only: sink, source, admin, ...")
      ->type_name("NAME");
}

}  // namespace

void add_ctl(CLI::App& app, Invocation& invocation) {
  CLI::App* ctl =
      app.add_subcommand("ctl",
                         "Asks a running daemon, and tells it what to do.\n"
                         "Exit status: 0 done, 1 not done or not ready, 2 wrong arguments, or errors "
                         "in the configuration to be loaded.");
  const auto arguments = std::make_shared<CtlArguments>();
  ctl->add_option(
         "--url", arguments->url,
         "Where it listens: http://HOST:PORT, https://HOST:PORT or unix:/PATH (default $HIVEFRAMED_URL, "
         "or http://127.0.0.1:8610)")
      ->type_name("URL");
  ctl->add_option("--config", arguments->daemon_file,
                  "The daemon file: where it listens and its token are taken from there")
      ->type_name("FILE");
  ctl->add_option("--token-file", arguments->token_file,
                  "A file that holds its token (default: the token in $HIVEFRAMED_TOKEN)")
      ->type_name("FILE");
  ctl->add_option("--ca", arguments->tls.ca, "Who signed its certificate, if the system does not know it")
      ->type_name("FILE");
  ctl->add_option("--certificate", arguments->tls.certificate, "Our own certificate, if it asks for one")
      ->type_name("FILE");
  ctl->add_option("--key", arguments->tls.key, "Its key")->type_name("FILE");
  ctl->add_flag("--json", arguments->json, "Print the daemon's answer as it is");
  ctl->require_subcommand(1);
  add_questions(*ctl, invocation, arguments);
  add_commands(*ctl, invocation, arguments);
  add_dead_letters(*ctl, invocation, arguments);
  add_log_level(*ctl, invocation, arguments);
  ctl->footer(R"(Examples:
  hiveframed ctl list
  hiveframed ctl show orders --json | jq .run.read
  hiveframed ctl pause orders returns
  hiveframed ctl tap orders --limit 3
  hiveframed ctl dead-letters list orders
  hiveframed ctl dead-letters replay orders --stage decode
  hiveframed ctl health --config /etc/hiveframed/hiveframed.yaml
  hiveframed ctl --url unix:/run/hiveframed/admin.sock reload)");
}

}  // namespace hiveframe::daemon
