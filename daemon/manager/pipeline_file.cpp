#include "daemon/manager/pipeline_file.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "config/reader.hpp"
#include "config/yaml.hpp"
#include "daemon/manager/pipeline_name.hpp"

namespace hiveframe::daemon {
namespace {

struct FileText {
  std::string content;
  int error = 0;
};

// At most one byte more than a configuration file may have: parse_yaml then says that it is too long.
FileText read_whole(const std::filesystem::path& path) {
  FileText text;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (!file) return {{}, errno};
  const std::size_t limit = config::YamlLimits{}.file_bytes + 1;
  char buffer[65536];
  while (text.content.size() < limit) {
    const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get());
    if (got == 0) {
      if (std::ferror(file.get()) != 0) text.error = errno;
      break;
    }
    text.content.append(buffer, got);
  }
  return text;
}

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

// The name that a pipeline has, whatever else is wrong with it; reports nothing.
std::optional<config::LocatedText> readable_name(const config::Node& node,
                                                 const config::Environment& environment) {
  config::Diagnostics unheard;
  config::Reader reader(environment, unheard);
  auto name = reader.text(node, config::TypeInfo::of(config::TypeInfo::Kind::text));
  return name && name_problem(name->view()).empty() ? name : std::nullopt;
}

}  // namespace

std::vector<runtime::PipelineSpec> PipelineFiles::read(const std::filesystem::path& path) {
  const FileText text = read_whole(path);
  if (text.error != 0) {
    diagnostics_.file_error(path.string(),
                            "the file cannot be read: " + std::generic_category().message(text.error));
    return {};
  }
  std::error_code ignored;
  const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
  const auto file = config::SourceFile::make(path.string(), text.content, absolute.parent_path());
  return read(file, path.stem().string());
}

std::vector<runtime::PipelineSpec> PipelineFiles::read(const config::SourceFilePtr& file,
                                                       const std::string& stem) {
  config::Reader reader(environment_, diagnostics_);
  const config::YamlFile yaml = config::parse_yaml(file, diagnostics_);
  std::vector<config::Node> documents;
  for (const config::Node& document : yaml.documents) {
    if (!document.is_null()) documents.push_back(document);
  }
  if (documents.empty() && yaml.complete) {
    diagnostics_.error(config::Span::of_file(file), "there is no pipeline in this file",
                       "a pipeline needs at least 'source: ...' and 'sink: ...'");
  }

  std::vector<runtime::PipelineSpec> pipelines;
  for (const config::Node& document : documents) {
    const std::size_t reports = diagnostics_.reports();
    std::optional<PipelineSettings> settings = options_.read(document, reader);
    uses_.check(document);
    const config::Node* given_name = document.find("name");
    config::LocatedText name;
    if (given_name) {
      if (const auto given = readable_name(*given_name, environment_)) name = *given;
    } else if (documents.size() > 1) {
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
    if (!name.empty()) check_name(name);
    if (settings && diagnostics_.reports() == reports)
      pipelines.push_back(pipeline_spec(name.str(), std::move(*settings)));
  }
  return pipelines;
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
