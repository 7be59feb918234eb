#include "connectors/file/connector.hpp"

#include <utility>

#include "config/option_table.hpp"
#include "connectors/file/file_sink.hpp"
#include "connectors/file/file_source.hpp"

namespace hiveframe::connectors::file {

pipeline::SourceKind source_kind() {
  pipeline::SourceKind kind;
  kind.options = &source_options().info();
  kind.read = [](const config::GivenOptions& given,
                 config::Reader& reader) -> std::optional<pipeline::SourceMaker> {
    std::optional<SourceSettings> settings = source_options().read(given, reader);
    if (!settings) return std::nullopt;
    return [settings = std::move(*settings)] { return std::make_unique<FileSource>(settings); };
  };
  kind.replayable = true;
  return kind;
}

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind;
  kind.options = &sink_options().info();
  kind.read = [](const config::GivenOptions& given,
                 config::Reader& reader) -> std::optional<pipeline::SinkMaker> {
    std::optional<SinkSettings> settings = sink_options().read(given, reader);
    if (!settings) return std::nullopt;
    return [shared = std::make_shared<const SinkSettings>(std::move(*settings))] {
      return std::make_unique<FileSink>(shared);
    };
  };
  kind.not_transactional = "a file cannot commit records and positions together";
  return kind;
}

}  // namespace hiveframe::connectors::file
