#include "daemon/manager/pipeline_file.hpp"

#include <memory>
#include <utility>

#include "config/reader.hpp"
#include "config/settled_text.hpp"
#include "config/yaml.hpp"
#include "daemon/manager/pipeline_name.hpp"
#include "daemon/manager/whole_file.hpp"

namespace hiveframe::daemon {
namespace {

runtime::SinkSpec sink_spec(std::string name, ChosenSink sink) {
  runtime::SinkSpec spec{std::move(name), std::move(sink.display), std::move(sink.configured.make), nullptr,
                         sink.kind->standard_output};
  if (sink.when) spec.when = std::make_shared<const expr::Program>(std::move(*sink.when));
  return spec;
}

runtime::PipelineSpec pipeline_spec(std::string name, PipelineSettings settings) {
  runtime::PipelineSpec spec;
  spec.name = std::move(name);
  spec.source_display = std::move(settings.source->display);
  spec.source = std::move(settings.source->configured.make);
  spec.transforms = std::move(settings.transforms);
  if (settings.sink) spec.sinks.push_back(sink_spec("sink", std::move(*settings.sink)));
  for (ChosenSink& sink : settings.sinks)
    spec.sinks.push_back(sink_spec("sinks[" + std::to_string(spec.sinks.size()) + "]", std::move(sink)));
  spec.delivery = settings.delivery;
  spec.on_error = settings.on_error.action;
  if (settings.on_error.dead_letter)
    spec.dead_letter = sink_spec("dead_letter", std::move(*settings.on_error.dead_letter));
  spec.retry = settings.retry;
  spec.circuit_breaker = settings.circuit_breaker;
  spec.batch = settings.batch;
  spec.max_record_bytes = settings.max_record_bytes;
  spec.parallelism = static_cast<std::size_t>(settings.parallelism.value_or(0));
  spec.ordered = settings.ordered;
  return spec;
}

void add_uses(std::vector<pipeline::Use>& all, const std::vector<pipeline::Use>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

PipelineConfiguration configuration_of(std::string name, PipelineSettings settings) {
  PipelineConfiguration result;
  result.restart = settings.restart;
  result.reads = settings.source->configured.uses;
  if (settings.sink) add_uses(result.writes, settings.sink->configured.uses);
  for (const ChosenSink& sink : settings.sinks)
    add_uses(result.writes, sink.configured.uses);
  if (settings.on_error.dead_letter) add_uses(result.writes, settings.on_error.dead_letter->configured.uses);
  result.spec = pipeline_spec(std::move(name), std::move(settings));
  return result;
}

std::vector<runtime::PipelineSpec> specs(std::vector<PipelineConfiguration> configurations) {
  std::vector<runtime::PipelineSpec> result;
  for (PipelineConfiguration& each : configurations)
    result.push_back(std::move(each.spec));
  return result;
}

// The name that a pipeline has, whatever else is wrong with it; reports nothing.
std::optional<config::LocatedText> readable_name(const config::Node& node,
                                                 const config::Environment& environment) {
  config::Diagnostics unheard;
  config::Reader reader(environment, unheard);
  auto name = reader.text(node, config::TypeInfo::of(config::TypeInfo::Kind::text));
  return name && name_problem(name->view()).empty() ? name : std::nullopt;
}

}  // namespace

std::vector<config::Node> pipeline_documents(const config::YamlFile& yaml) {
  std::vector<config::Node> documents;
  for (const config::Node& document : yaml.documents) {
    if (!document.is_null()) documents.push_back(document);
  }
  return documents;
}

std::vector<PipelineConfiguration> PipelineFiles::configurations(const std::filesystem::path& path) {
  const config::SourceFilePtr file = read_configuration_file(path, diagnostics_);
  if (!file) return {};
  return configurations(file, path.stem().string());
}

std::vector<PipelineConfiguration> PipelineFiles::configurations(const config::SourceFilePtr& file,
                                                                 const std::string& stem) {
  const config::YamlFile yaml = config::parse_yaml(file, diagnostics_);
  const std::vector<config::Node> documents = pipeline_documents(yaml);
  if (documents.empty() && yaml.complete) {
    diagnostics_.error(config::Span::of_file(file), "there is no pipeline in this file",
                       "a pipeline needs at least 'source: ...' and 'sink: ...'");
  }

  std::vector<PipelineConfiguration> pipelines;
  for (const config::Node& document : documents) {
    std::optional<PipelineConfiguration> pipeline =
        configuration(document, documents.size() > 1 ? std::string() : stem);
    if (pipeline) pipelines.push_back(std::move(*pipeline));
  }
  return pipelines;
}

std::optional<PipelineConfiguration> PipelineFiles::configuration(const config::Node& document,
                                                                  const std::string& stem) {
  const std::size_t reports = diagnostics_.reports();
  config::Reader reader(environment_, diagnostics_);
  std::optional<PipelineSettings> settings = options_.read(document, reader);
  uses_.check(document);
  const config::LocatedText name = name_of(document, stem);
  if (!name.empty()) check_name(name);
  if (!settings || diagnostics_.reports() != reports) return std::nullopt;
  PipelineConfiguration pipeline = configuration_of(name.str(), std::move(*settings));
  const config::SourceFilePtr& file = document.span().file;
  pipeline.file = file->name();
  pipeline.text = config::shown_source(document.span(), diagnostics_.concealed());
  // Its tests are nothing it does. Relative paths start at the folder.
  static constexpr std::string_view no_part_of_it[] = {"tests"};
  const config::Secret said = config::fingerprint(document, environment_, no_part_of_it);
  pipeline.fingerprint = config::Secret(file->folder().native() + '\0' + said.reveal());
  return pipeline;
}

config::LocatedText PipelineFiles::name_of(const config::Node& document, const std::string& stem) {
  const config::SourceFilePtr& file = document.span().file;
  config::LocatedText name;
  if (const config::Node* given_name = document.find("name")) {
    if (const auto given = readable_name(*given_name, environment_)) name = *given;
  } else if (stem.empty()) {
    diagnostics_.error({file, document.span().begin, document.span().begin},
                       "one of several pipelines in a file has no name", "add 'name: ...' to each of them");
  } else if (const std::string problem = name_problem(stem); problem.empty()) {
    name = config::LocatedText(config::Span::of_file(file));
    name.append_replaced(stem, 0, 0);
  } else {
    diagnostics_.error(config::Span::of_file(file),
                       "the file's name " + config::quote(stem) + " cannot name its pipeline: " + problem,
                       "add 'name: ...' to the file");
  }
  return name;
}

std::vector<runtime::PipelineSpec> PipelineFiles::read(const std::filesystem::path& path) {
  return specs(configurations(path));
}

std::vector<runtime::PipelineSpec> PipelineFiles::read(const config::SourceFilePtr& file,
                                                       const std::string& stem) {
  return specs(configurations(file, stem));
}

void PipelineFiles::check_name(const config::LocatedText& name) {
  const auto [earlier, is_new] = names_.emplace(name.str(), name.span());
  if (is_new) return;
  diagnostics_.error(name.span(),
                     "there is another pipeline " + name.quoted() + " in " + earlier->second.name(),
                     name.span().has_place() ? "give one of them another name"
                                             : "give one of them another name with 'name: ...'");
}

}  // namespace hiveframe::daemon
