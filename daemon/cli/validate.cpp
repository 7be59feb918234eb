#include <CLI/CLI.hpp>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "daemon/cli/command.hpp"
#include "daemon/cli/show_diagnostics.hpp"
#include "daemon/manager/pipeline_file.hpp"

namespace hiveframe::daemon {
namespace {

struct Arguments {
  std::vector<std::filesystem::path> paths;
  bool json = false;
};

struct SoundFile {
  std::string name;
  std::vector<std::string> pipelines;
};

std::string ok_line(const SoundFile& file) {
  std::string line = file.name + ": ok, " + (file.pipelines.size() == 1 ? "pipeline" : "pipelines");
  for (const std::string& pipeline : file.pipelines)
    line += (&pipeline == &file.pipelines.front() ? " " : ", ") + pipeline;
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

int validate(const Arguments& arguments, Invocation& invocation) {
  const PipelineOptions options(invocation.connectors);
  const config::ProcessEnvironment environment;
  config::Diagnostics diagnostics;
  PipelineFiles files(options, environment, diagnostics);
  std::vector<SoundFile> sound;
  for (const std::filesystem::path& path : find_pipeline_files(arguments.paths, diagnostics)) {
    const std::size_t reports = diagnostics.reports();
    const std::vector<runtime::PipelineSpec> pipelines = files.read(path);
    if (diagnostics.reports() != reports) continue;
    sound.push_back({path.string(), {}});
    for (const runtime::PipelineSpec& pipeline : pipelines)
      sound.back().pipelines.push_back(pipeline.name);
  }
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

}  // namespace

void add_validate(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("validate",
                         "Checks pipeline files, as if all of them ran together, and shows every problem.\n"
                         "Connects to nothing. Exit status: 0 all are sound, 2 they are not.");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("PATH", arguments->paths, "Pipeline files, or folders: the *.yaml and *.yml files in them")
      ->required();
  command->add_flag("--json", arguments->json, "Print the result as one JSON object on standard output");
  command->footer(R"(Examples:
  hiveframed validate orders.yaml
  hiveframed validate pipelines/
  hiveframed validate --json pipelines/ | jq '.errors[] | .file + ": " + .message')");
  command->callback([arguments, &invocation] {
    invocation.action = [arguments, &invocation] { return validate(*arguments, invocation); };
  });
}

}  // namespace hiveframe::daemon
