#include <CLI/CLI.hpp>
#include <charconv>

#include "config/text.hpp"
#include "config/units.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/run_pipelines.hpp"
#include "daemon/cli/show_diagnostics.hpp"
#include "daemon/manager/pipeline_file.hpp"
#include "daemon/manager/pipeline_paths.hpp"
#include "daemon/os/process.hpp"

namespace hiveframe::daemon {
namespace {

constexpr std::uint64_t least_memory = 8 << 20;
constexpr std::size_t most_threads = 1024;

struct Arguments {
  std::vector<std::filesystem::path> files;
  RunSettings settings;
  std::string state_dir;
};

std::uint64_t parse_number(const std::string& option, const std::string& text, std::uint64_t least,
                           std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
    throw CLI::ValidationError(option, "expected a whole number from " + std::to_string(least) +
                                           (most == UINT64_MAX ? " up" : " to " + std::to_string(most)) +
                                           ", found " + config::quote(text));
  return number;
}

std::uint64_t parse_memory(const std::string& option, const std::string& text) {
  const auto parsed = config::parse_size(text);
  if (const auto* problem = std::get_if<config::UnitError>(&parsed))
    throw CLI::ValidationError(option, config::quote(text) + " " + problem->message +
                                           (problem->hint.empty() ? "" : "; " + problem->hint));
  if (std::get<std::uint64_t>(parsed) < least_memory)
    throw CLI::ValidationError(
        option, "expected at least " + config::format_size(least_memory) + ", found " + config::quote(text));
  return std::get<std::uint64_t>(parsed);
}

int run(Arguments& arguments, Invocation& invocation) {
  const PipelineOptions options(invocation.connectors);
  const config::ProcessEnvironment environment;
  config::Diagnostics diagnostics;
  PipelineFiles files(options, environment, diagnostics);
  std::vector<runtime::PipelineSpec> specs;
  for (const std::filesystem::path& path : find_pipeline_files(arguments.files, diagnostics)) {
    for (runtime::PipelineSpec& spec : files.read(path))
      specs.push_back(std::move(spec));
  }
  if (!diagnostics.empty()) {
    show(diagnostics, invocation.io);
    return exit_usage;
  }
  runtime::RunOptions& run_options = arguments.settings.options;
  run_options.environment = environment_variables();
  run_options.dry_run = arguments.settings.dry_run;
  if (!arguments.settings.dry_run)
    run_options.state_dir =
        arguments.state_dir.empty() ? default_state_dir() : std::filesystem::path(arguments.state_dir);
  return run_pipelines(std::move(specs), arguments.settings, invocation.io);
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("run",
                         "Runs the pipelines of files until their sources end, or a signal stops them.\n"
                         "SIGTERM and SIGINT let them finish what was read; a second signal ends at once.\n"
                         "Exit status: 0 done or stopped in order, 1 something failed or was not delivered, "
                         "2 bad configuration.");
  auto arguments = std::make_shared<Arguments>();
  RunSettings& settings = arguments->settings;
  command->add_option("FILE", arguments->files, "Pipeline files, or folders of them")->required();
  command
      ->add_option_function<std::string>(
          "--limit",
          [&settings](const std::string& text) {
            settings.options.limit = parse_number("--limit", text, 1, UINT64_MAX);
          },
          "Read no more than N records of each pipeline; they are written, but no position is stored. A "
          "hidden "
          "output that a stopped run left is begun anew")
      ->type_name("N");
  command->add_flag("--dry-run", settings.dry_run,
                    "Write nothing; print what each sink would get, a JSON line each");
  command->add_flag("--from-start", settings.options.from_start, "Forget where earlier runs stopped");
  command->add_flag("--json", settings.json, "End with a summary as one JSON object on standard error");
  command
      ->add_option("--state-dir", arguments->state_dir,
                   "Where positions are kept (default " + default_state_dir().string() + ")")
      ->type_name("DIR");
  command
      ->add_option_function<std::string>(
          "--memory-limit",
          [&settings](const std::string& text) {
            settings.engine.memory_limit = parse_memory("--memory-limit", text);
          },
          "Most bytes of records in flight, of all pipelines together (default 256MiB)")
      ->type_name("SIZE");
  command
      ->add_option_function<std::string>(
          "--threads",
          [&settings](const std::string& text) {
            settings.engine.threads = parse_number("--threads", text, 1, most_threads);
          },
          "Threads that transform records (default one for each processor)")
      ->type_name("N");
  const auto log = [&settings](LogLevel level) {
    return [&settings, level](std::int64_t) { settings.log_level = level; };
  };
  CLI::Option* const quiet =
      command->add_flag("--quiet", log(LogLevel::warning), "Say nothing but what goes wrong");
  command->add_flag("-v,--verbose", log(LogLevel::debug), "Say, too, what helps to find a fault")
      ->excludes(quiet);
  command->footer(R"(Examples:
  hiveframed run orders.yaml
  hiveframed run --dry-run --limit 5 orders.yaml      see what would be written
  hiveframed run --from-start --json orders.yaml      all over again, with a summary for programs
  hiveframed run orders.yaml returns.yaml             one that fails does not stop the other)");
  command->callback([arguments, &invocation] {
    invocation.action = [arguments, &invocation] { return run(*arguments, invocation); };
  });
}

}  // namespace hiveframe::daemon
