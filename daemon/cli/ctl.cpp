#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "config/text.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/ctl_views.hpp"
#include "daemon/cli/table.hpp"
#include "net/error.hpp"
#include "net/http_client.hpp"
#include "net/percent.hpp"

namespace hiveframe::daemon {
namespace {

constexpr const char* url_variable = "HIVEFRAMED_URL";
constexpr const char* token_variable = "HIVEFRAMED_TOKEN";

struct Arguments {
  std::string url;
  std::string token_file;
  net::ClientTls tls;
  std::vector<std::string> names;
  std::string state;
  std::uint64_t rate = 0;   // 0: as the daemon has it
  std::uint64_t limit = 0;  // 0: none
  bool from_start = false;
  bool json = false;
};

config::Secret token(const Arguments& arguments) {
  if (arguments.token_file.empty()) {
    const char* text = std::getenv(token_variable);
    return config::Secret(text != nullptr ? text : "");
  }
  std::ifstream file(arguments.token_file, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw net::Error({"read the token in", config::quote(arguments.token_file), "it cannot be opened",
                      "give a file that holds nothing but the token"});
  }
  std::string token = text.str();
  while (token.ends_with('\n') || token.ends_with('\r'))
    token.pop_back();
  return config::Secret(std::move(token));
}

/// One daemon, asked by a command.
class Daemon {
 public:
  Daemon(const Arguments& arguments, Io& io) : json_(arguments.json), io_(io) {
    settings_.url = arguments.url;
    settings_.token = token(arguments);
    settings_.tls = arguments.tls;
    // A pipeline may drain for as long as its shutdown_timeout says; the daemon's own deadlines hold.
    settings_.answer_time = std::chrono::hours(1);
  }

  using Show = std::function<bool(std::string_view json, std::ostream& out)>;

  /// Shows a successful answer: as it came with --json.
  int ask(const net::ClientRequest& request, const Show& show) {
    const net::ClientResponse response = net::HttpClient(settings_).send(request);
    if (!response.succeeded()) return fail(request, response);
    if (!json_) return show(response.body, io_.out) ? exit_done : exit_failed;
    io_.out << response.body;
    return exit_done;
  }

  /// Copies an answer that goes on, until nobody reads it any more.
  int follow(const net::ClientRequest& request) {
    net::HttpClient client(settings_);
    const net::ClientResponse response = client.stream(request, [this](std::string_view bytes) {
      io_.out << bytes << std::flush;
      return io_.out.good();
    });
    return response.succeeded() ? exit_done : fail(request, response);
  }

 private:
  int fail(const net::ClientRequest& request, const net::ClientResponse& response) {
    if (json_) {
      io_.out << response.body << '\n';
    } else {
      for (const std::string& each : problem_list(response.body, "errors"))
        io_.err << each;
      for (const std::string& each : problem_list(response.body, "reasons"))
        io_.err << printable(each) << '\n';
      io_.err << "hiveframed ctl: " << printable(net::to_error(request, response, settings_.url).what())
              << '\n';
    }
    return response.status == 422 ? exit_usage : exit_failed;
  }

  net::ClientSettings settings_;
  const bool json_;
  Io& io_;
};

using Shared = std::shared_ptr<Arguments>;
using Act = std::function<int(Daemon&, const Arguments&, Io&)>;

CLI::App* add(CLI::App& ctl, Invocation& invocation, const Shared& arguments, const char* name,
              const char* help, Act act) {
  CLI::App* command = ctl.add_subcommand(name, help);
  command->fallthrough();
  command->footer("");
  command->callback([arguments, act = std::move(act), &invocation] {
    invocation.action = [arguments, act, &invocation] {
      try {
        Daemon daemon(*arguments, invocation.io);
        return act(daemon, *arguments, invocation.io);
      } catch (const net::Error& error) {
        invocation.io.err << "hiveframed ctl: " << printable(error.what()) << '\n';
        return static_cast<int>(exit_failed);
      }
    };
  });
  return command;
}

Daemon::Show always(void (*show)(std::string_view, std::ostream&)) {
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

/// The same for each pipeline; the worst outcome of them.
int for_each(Daemon& daemon, const Arguments& arguments, const std::string& verb) {
  const std::string query = arguments.from_start ? "?from_start=true" : "";
  int worst = exit_done;
  for (const std::string& each : arguments.names)
    worst =
        std::max(worst, daemon.ask(post(path_of(each) + "/" + verb + query), always(&show_command_result)));
  return worst;
}

int tap(Daemon& daemon, const Arguments& arguments) {
  std::string query;
  const auto add = [&query](const char* name, std::uint64_t value) {
    if (value != 0) query += (query.empty() ? "?" : "&") + std::string(name) + "=" + std::to_string(value);
  };
  add("rate", arguments.rate);
  add("limit", arguments.limit);
  return daemon.follow(get(path_of(arguments.names.front()) + "/tap" + query));
}

void add_questions(CLI::App& ctl, Invocation& invocation, const Shared& arguments) {
  CLI::App* list = add(ctl, invocation, arguments, "list", "All pipelines",
                       [](Daemon& daemon, const Arguments& given, Io&) {
                         const std::string query = given.state.empty() ? "" : "?state=" + given.state;
                         return daemon.ask(get("/pipelines" + query), always(&show_pipelines));
                       });
  list->add_option("--state", arguments->state, "Only those in this state")->type_name("STATE");
  add(ctl, invocation, arguments, "show", "One pipeline: state, numbers, positions, last errors",
      [](Daemon& daemon, const Arguments& given, Io&) {
        return daemon.ask(get(path_of(given.names.front())), always(&show_pipeline));
      })
      ->add_option("NAME", arguments->names, "The pipeline")
      ->required()
      ->expected(1);
  CLI::App* tapping =
      add(ctl, invocation, arguments, "tap", "Some records as they pass, before and after each transform",
          [](Daemon& daemon, const Arguments& given, Io&) { return tap(daemon, given); });
  tapping->add_option("NAME", arguments->names, "The pipeline")->required()->expected(1);
  tapping->add_option("--rate", arguments->rate, "At most so many a second (10)")->type_name("N");
  tapping->add_option("--limit", arguments->limit, "End after so many")->type_name("N");
  const auto plain = [&](const char* name, const char* help, const char* target) {
    add(ctl, invocation, arguments, name, help,
        [target](Daemon& daemon, const Arguments&, Io&) { return daemon.ask(get(target), &copy); });
  };
  plain("metrics", "Metrics, as Prometheus reads them", "/metrics");
  plain("health", "Whether the daemon works: exit status 0 or 1", "/healthz");
  plain("ready", "Whether every pipeline is running, paused or finished: exit status 0 or 1", "/readyz");
}

void add_commands(CLI::App& ctl, Invocation& invocation, const Shared& arguments) {
  const auto on_pipelines = [&](const char* verb, const char* help) {
    CLI::App* command =
        add(ctl, invocation, arguments, verb, help,
            [verb](Daemon& daemon, const Arguments& given, Io&) { return for_each(daemon, given, verb); });
    command->add_option("NAME", arguments->names, "Pipelines")->required();
    return command;
  };
  on_pipelines("pause", "Finish what was read, and hold");
  on_pipelines("resume", "Go on with paused or stopped pipelines");
  on_pipelines("drain", "Finish what was read, and stop");
  on_pipelines("restart", "Finish what was read, and start again")
      ->add_flag("--from-start", arguments->from_start, "Forget how far it had read");
  add(ctl, invocation, arguments, "reload", "Read the configuration anew; with errors nothing is touched",
      [](Daemon& daemon, const Arguments&, Io&) { return daemon.ask(post("/reload"), &show_reload); });
}

}  // namespace

void add_ctl(CLI::App& app, Invocation& invocation) {
  CLI::App* ctl =
      app.add_subcommand("ctl",
                         "Asks a running daemon, and tells it what to do.\n"
                         "Exit status: 0 done, 1 not done or not ready, 2 wrong arguments, or errors "
                         "in the configuration to be loaded.");
  const auto arguments = std::make_shared<Arguments>();
  const char* url = std::getenv(url_variable);
  arguments->url = url != nullptr && *url != '\0' ? url : "http://127.0.0.1:8610";
  ctl->add_option(
         "--url", arguments->url,
         "Where it listens: http://HOST:PORT, https://HOST:PORT or unix:/PATH (default $HIVEFRAMED_URL, "
         "or http://127.0.0.1:8610)")
      ->type_name("URL");
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
  ctl->footer(R"(Examples:
  hiveframed ctl list
  hiveframed ctl show orders --json | jq .run.read
  hiveframed ctl pause orders returns
  hiveframed ctl tap orders --limit 3
  hiveframed ctl --url unix:/run/hiveframed/admin.sock reload)");
}

}  // namespace hiveframe::daemon
