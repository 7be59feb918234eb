// libFuzzer: any text as a file of pipelines and as a daemon file, with the connectors there are. What is
// wrong is reported in its place, in words without secrets, each time the same; what is not can be run.
#include <cstdint>
#include <string>

#include "config/reader.hpp"
#include "config/utf8.hpp"
#include "config/yaml.hpp"
#include "connectors/registry.hpp"
#include "daemon/manager/daemon_options.hpp"
#include "daemon/manager/pipeline_file.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using fuzz::require;

constexpr const char* secret = "Tq7fVw9Zk2";

/// Variables of one letter, and files that hold the secret.
class Surroundings final : public config::Environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    if (name == "A") return "a";
    if (name == "B") return "two\nlines";
    if (name == "C") return "file:///data/in.csv?format=csv";
    if (name == "D") return "x: [1, {{ record.id }}]";
    if (name == "E") return "";
    if (name == "F") return "\xFF not UTF-8";
    if (name == "N") return "17";
    if (name == "CREDENTIALS_DIRECTORY") return "/run/credentials";
    return std::nullopt;
  }
  FileText read_file(const std::filesystem::path& path) const override {
    if (path.native().ends_with("gone")) return {std::nullopt, "No such file or directory"};
    return {std::string(secret) + "\n", ""};
  }
};

std::string checked_messages(const config::Diagnostics& diagnostics, const config::SourceFile& file) {
  for (const config::Diagnostic& each : diagnostics.sorted()) {
    require(!each.message.empty(), "a problem says what");
    const config::Span& span = each.span;
    require(!span.has_place() || (span.begin <= span.end && span.end <= file.content().size()),
            "a problem stands in the text", file.content());
  }
  std::string messages = diagnostics.render();
  require(config::find_invalid_utf8(messages) == std::string_view::npos, "messages are UTF-8", messages);
  require(messages.find(secret) == std::string::npos || file.content().find(secret) != std::string::npos,
          "no secret is shown", messages);
  return messages;
}

/// What is said of the file, and of the sound pipelines in it.
std::string read_pipelines(const config::SourceFilePtr& file) {
  static const pipeline::ConnectorRegistry connectors = connectors::registry();
  static const daemon::PipelineOptions options(connectors);
  static const Surroundings environment;
  config::Diagnostics diagnostics;
  daemon::PipelineFiles files(options, environment, diagnostics);
  const std::vector<daemon::PipelineConfiguration> found = files.configurations(file, "fuzz");
  require(!found.empty() || !diagnostics.empty(), "there is a pipeline, or a problem", file->content());
  std::string seen = checked_messages(diagnostics, *file);
  for (const daemon::PipelineConfiguration& each : found) {
    const runtime::PipelineSpec& spec = each.spec;
    require(!spec.name.empty() && spec.source && !spec.sinks.empty(), "a sound pipeline is whole", seen);
    require(spec.on_error != runtime::OnError::dead_letter || spec.dead_letter, "letters go somewhere", seen);
    seen += spec.name + "\n" + spec.source_display + "\n" + each.text + "\n";
    for (const runtime::SinkSpec& sink : spec.sinks) {
      require(static_cast<bool>(sink.make), "a sink can be made", seen);
      seen += sink.display + "\n";
    }
    require(seen.find(secret) == std::string::npos || file->content().find(secret) != std::string::npos,
            "no secret is shown of what is sound", seen);
    seen += each.fingerprint.reveal() + "\n";
  }
  return seen;
}

void read_daemon_file(const config::SourceFilePtr& file) {
  static const daemon::DaemonOptions options;
  static const Surroundings environment;
  config::Diagnostics diagnostics;
  const config::YamlFile yaml = config::parse_yaml(file, diagnostics);
  if (yaml.documents.empty() || !yaml.documents[0].is_map()) return;
  config::Reader reader(environment, diagnostics);
  const std::optional<daemon::DaemonSettings> settings = options.read(yaml.documents[0], reader);
  require(settings.has_value() || !diagnostics.empty(), "what is refused is reported", file->content());
  checked_messages(diagnostics, *file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = config::SourceFile::make(
      "fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size), "/etc/hive");
  const std::string first = read_pipelines(file);
  require(read_pipelines(file) == first, "reading can be repeated", first);
  read_daemon_file(file);
  return 0;
}
