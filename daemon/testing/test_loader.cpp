#include "daemon/testing/test_loader.hpp"

#include <algorithm>
#include <climits>

#include "config/did_you_mean.hpp"
#include "config/reader.hpp"
#include "daemon/manager/pipeline_file.hpp"
#include "daemon/manager/pipeline_paths.hpp"
#include "daemon/manager/test_file_options.hpp"
#include "daemon/manager/tests_option.hpp"
#include "daemon/manager/whole_file.hpp"
#include "daemon/testing/test_binding.hpp"
#include "daemon/testing/test_environment.hpp"

namespace hiveframe::daemon {
namespace {

std::filesystem::path resolved(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path target = std::filesystem::canonical(path, error);
  return error ? path : target;
}

// A path is of use only whole.
std::string quoted(const std::filesystem::path& path) { return config::quote(path.string(), PATH_MAX); }

std::vector<std::string> pipeline_files_beside(const std::filesystem::path& path) {
  config::Diagnostics unheard;
  std::vector<std::string> names;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return names;
  for (const std::filesystem::path& file : find_config_files({folder}, unheard).pipelines)
    names.push_back(file.filename().string());
  return names;
}

// As it stands in the document, or the file's; reports nothing.
std::string name_of(const config::Node& document, const std::string& stem,
                    const config::Environment& environment) {
  const config::Node* given = document.find("name");
  if (!given || !given->is_scalar()) return stem;
  config::Diagnostics unheard;
  config::Reader reader(environment, unheard);
  const auto name = reader.text(*given, config::TypeInfo::of(config::TypeInfo::Kind::text));
  return name ? name->str() : given->text().str();
}

}  // namespace

config::SourceFilePtr TestLoader::open(const std::filesystem::path& path) {
  const auto [entry, is_new] = opened_.try_emplace(resolved(path));
  if (is_new) entry->second = read_configuration_file(path, diagnostics_);
  return entry->second;
}

/// Null: it cannot be read as YAML.
TestLoader::PipelineFile* TestLoader::pipelines(const std::filesystem::path& path) {
  const auto [entry, is_new] = pipelines_.try_emplace(resolved(path));
  PipelineFile& file = entry->second;
  if (!is_new) return &file;
  file.path = path;
  const config::SourceFilePtr text = open(path);
  if (!text) return &file;
  const std::vector<config::Node> documents = pipeline_documents(config::parse_yaml(text, diagnostics_));
  const std::string stem = documents.size() > 1 ? std::string() : path.stem().string();
  for (const config::Node& document : documents)
    file.documents.push_back({document, name_of(document, stem, environment_), stem});
  return &file;
}

void TestLoader::add_pipelines(const std::filesystem::path& path) {
  for (PipelineDocument& document : pipelines(path)->documents) {
    document.is_asked_for = true;
    const config::Node* node = document.node.find("tests");
    if (!node) continue;
    config::Reader reader(environment_, diagnostics_);
    auto tests = tests_type().read(*node, reader);
    if (tests) {
      add(document, std::move(*tests));
    } else {
      document.is_tested = true;
    }
  }
}

void TestLoader::add_tests(const std::filesystem::path& path) {
  const config::SourceFilePtr file = open(path);
  if (!file) return;
  const config::YamlFile yaml = config::parse_yaml(file, diagnostics_);
  const std::vector<config::Node> documents = pipeline_documents(yaml);
  if (documents.empty() && yaml.complete)
    diagnostics_.error(config::Span::of_file(file), "there is no test in this file",
                       "it needs 'pipeline: FILE' and 'tests: [...]'");
  for (const config::Node& document : documents) {
    config::Reader reader(environment_, diagnostics_);
    std::optional<TestFileSettings> settings = read_test_file(document, reader);
    if (!settings) continue;
    PipelineDocument* const tested = tested_document(path, document, *settings);
    if (tested) add(*tested, std::move(settings->tests));
  }
}

/// Reports a pipeline that is not there, and returns null then.
TestLoader::PipelineDocument* TestLoader::tested_document(const std::filesystem::path& test_file,
                                                          const config::Node& document,
                                                          TestFileSettings& settings) {
  const config::Span place = document.find("pipeline")->span();
  const std::filesystem::path path = (test_file.parent_path() / settings.pipeline.file).lexically_normal();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    const std::string near = config::nearest(path.filename().string(), pipeline_files_beside(path));
    std::string hint;
    if (!near.empty()) {
      hint = "did you mean " + config::quote(near) + "?";
    } else if (settings.pipeline.file.is_relative()) {
      hint = "a relative path starts at the folder that this file stands in";
    }
    diagnostics_.error(place, "there is no pipeline file " + quoted(path), hint);
    return nullptr;
  }
  const std::size_t reports = diagnostics_.reports();
  std::vector<PipelineDocument>& documents = pipelines(path)->documents;
  if (documents.empty()) {
    if (diagnostics_.reports() == reports)
      diagnostics_.error(place, "there is no pipeline in " + quoted(path));
    return nullptr;
  }
  if (!settings.pipeline.name && documents.size() == 1) return &documents.front();
  std::vector<std::string> names;
  for (PipelineDocument& each : documents) {
    if (settings.pipeline.name && each.name == settings.pipeline.name->view()) return &each;
    names.push_back(each.name);
  }
  if (settings.pipeline.name) {
    diagnostics_.error(settings.pipeline.name->span(),
                       "there is no pipeline " + settings.pipeline.name->quoted() + " in " + quoted(path),
                       config::did_you_mean(settings.pipeline.name->view(), names));
  } else {
    diagnostics_.error(
        place, "there are several pipelines in " + quoted(path),
        "say which: pipeline: {file: " + settings.pipeline.file.string() + ", name: " + names.front() + "}");
  }
  return nullptr;
}

void TestLoader::add(PipelineDocument& document, std::vector<TestSettings> tests) {
  document.is_tested = document.is_tested || !tests.empty();
  // The pipeline as each environment makes it; nothing where it is not sound.
  std::map<std::map<std::string, std::string>, std::optional<runtime::PipelineSpec>> pipelines;
  for (TestSettings& test : tests) {
    const auto [entry, is_new] = pipelines.try_emplace(test.env);
    if (is_new) {
      const TestEnvironment environment(environment_, test.env);
      PipelineFiles files(options_, environment, diagnostics_);
      std::optional<PipelineConfiguration> pipeline = files.configuration(document.node, document.stem);
      if (pipeline) entry->second = std::move(pipeline->spec);
    }
    if (!entry->second) continue;
    std::optional<PipelineTest> bound = bind_test(std::move(test), *entry->second, diagnostics_);
    if (bound) tests_.push_back(std::move(*bound));
  }
}

std::vector<std::string> TestLoader::untested() const {
  std::vector<std::string> found;
  for (const auto& [resolved_path, file] : pipelines_) {
    for (const PipelineDocument& document : file.documents) {
      if (document.is_asked_for && !document.is_tested)
        found.push_back(file.path.string() + ", pipeline " + document.name);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace hiveframe::daemon
