#include <CLI/CLI.hpp>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "daemon/cli/command.hpp"
#include "daemon/cli/show_diagnostics.hpp"
#include "daemon/manager/configuration.hpp"
#include "daemon/manager/pipeline_file.hpp"
#include "daemon/manager/pipeline_paths.hpp"
#include "daemon/testing/test_loader.hpp"

namespace hiveframe::daemon {
namespace {

struct Arguments {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path daemon_file;
  bool json = false;
};

std::string count_of_tests(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " test" : " tests");
}

// A file of pipelines, or of tests.
struct SoundFile {
  std::string name;
  std::vector<std::string> pipelines;
  std::size_t tests = 0;
};

std::string ok_line(const SoundFile& file) {
  std::string line = file.name + ": ok";
  if (!file.pipelines.empty()) line += file.pipelines.size() == 1 ? ", pipeline" : ", pipelines";
  for (const std::string& pipeline : file.pipelines)
    line += (&pipeline == &file.pipelines.front() ? " " : ", ") + pipeline;
  if (file.tests > 0) line += ", " + count_of_tests(file.tests);
  return line;
}

std::string as_json(const std::vector<SoundFile>& sound, const config::Diagnostics& diagnostics) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  json.Key("sound");
  json.StartArray();
  for (const SoundFile& file : sound) {
    json.StartObject();
    json.Key("file");
    json.String(file.name);
    json.Key("pipelines");
    json.StartArray();
    for (const std::string& pipeline : file.pipelines)
      json.String(pipeline);
    json.EndArray();
    json.Key("tests");
    json.Uint64(file.tests);
    json.EndObject();
  }
  json.EndArray();
  json.Key("error_count");
  json.Uint64(diagnostics.count());
  json.Key("errors");
  json.StartArray();
  for (const config::Diagnostic& problem : diagnostics.sorted()) {
    json.StartObject();
    json.Key("file");
    json.String(problem.span.file ? problem.span.file->name() : "");
    if (problem.span.has_place()) {
      const config::LineColumn place = problem.span.position();
      json.Key("line");
      json.Uint64(place.line);
      json.Key("column");
      json.Uint64(place.column);
    }
    json.Key("message");
    json.String(problem.message);
    if (!problem.hint.empty()) {
      json.Key("hint");
      json.String(problem.hint);
    }
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return buffer.GetString();
}

int show_result(const Arguments& arguments, const std::vector<SoundFile>& sound,
                const config::Diagnostics& diagnostics, Invocation& invocation) {
  if (arguments.json) {
    invocation.io.out << as_json(sound, diagnostics) << '\n';
  } else {
    for (const SoundFile& file : sound)
      invocation.io.out << ok_line(file) << '\n';
    invocation.io.out.flush();
    show(diagnostics, invocation.io);
  }
  return diagnostics.empty() ? exit_done : exit_usage;
}

// What `serve` would run.
int validate_daemon(const Arguments& arguments, Invocation& invocation) {
  const PipelineOptions options(invocation.connectors);
  const DaemonOptions daemon;
  const LoadedConfiguration loaded =
      load_configuration(arguments.daemon_file, options, daemon, config::ProcessEnvironment());
  std::vector<SoundFile> sound;
  if (loaded.configuration) {
    sound.push_back({arguments.daemon_file.string(), {}});
    for (const PipelineConfiguration& each : loaded.configuration->pipelines) {
      if (sound.back().name != each.file) sound.push_back({each.file, {}});
      sound.back().pipelines.push_back(each.spec.name);
    }
  }
  return show_result(arguments, sound, *loaded.diagnostics, invocation);
}

int validate(const Arguments& arguments, Invocation& invocation) {
  if (!arguments.daemon_file.empty()) return validate_daemon(arguments, invocation);
  const PipelineOptions options(invocation.connectors);
  const config::ProcessEnvironment environment;
  config::Diagnostics diagnostics;
  PipelineFiles files(options, environment, diagnostics);
  TestLoader tests(options, environment, diagnostics);
  const ConfigPaths paths = find_config_files(arguments.paths, diagnostics);
  std::vector<SoundFile> sound;
  for (const std::filesystem::path& path : paths.pipelines) {
    const std::size_t reports = diagnostics.reports();
    const std::size_t tests_before = tests.tests().size();
    const config::SourceFilePtr file = tests.open(path);
    if (!file) continue;
    const std::vector<runtime::PipelineSpec> pipelines = files.read(file, path.stem().string());
    tests.add_pipelines(path);
    if (diagnostics.reports() != reports) continue;
    sound.push_back({path.string(), {}, tests.tests().size() - tests_before});
    for (const runtime::PipelineSpec& pipeline : pipelines)
      sound.back().pipelines.push_back(pipeline.name);
  }
  for (const std::filesystem::path& path : paths.tests) {
    const std::size_t reports = diagnostics.reports();
    const std::size_t tests_before = tests.tests().size();
    tests.add_tests(path);
    if (diagnostics.reports() == reports)
      sound.push_back({path.string(), {}, tests.tests().size() - tests_before});
  }
  return show_result(arguments, sound, diagnostics, invocation);
}

}  // namespace

void add_validate(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("validate",
                         "Checks pipeline files, as if all of them ran together, and shows every problem.\n"
                         "Files of tests (*_test.yaml) are checked, too; 'hiveframed test' runs them.\n"
                         "Connects to nothing. Exit status: 0 all are sound, 2 they are not.");
  auto arguments = std::make_shared<Arguments>();
  CLI::Option* paths = command->add_option("PATH", arguments->paths,
                                           "Pipeline files, or folders: the *.yaml and *.yml files in them");
  CLI::Option* daemon_file =
      command
          ->add_option("--config", arguments->daemon_file,
                       "A daemon file instead of paths: it and all pipelines that 'serve' would run")
          ->type_name("FILE")
          ->excludes(paths);
  command->add_flag("--json", arguments->json, "Print the result as one JSON object on standard output");
  command->footer(R"(Examples:
  hiveframed validate orders.yaml
  hiveframed validate pipelines/
  hiveframed validate --config /etc/hiveframed/hiveframed.yaml
  hiveframed validate --json pipelines/ | jq '.errors[] | .file + ": " + .message')");
  command->callback([arguments, paths, daemon_file, &invocation] {
    if (paths->empty() && daemon_file->empty()) throw CLI::RequiredError("PATH");
    invocation.action = [arguments, &invocation] { return validate(*arguments, invocation); };
  });
}

}  // namespace hiveframe::daemon
