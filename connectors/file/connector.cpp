#include "connectors/file/connector.hpp"

#include "connectors/file/file_sink.hpp"
#include "connectors/file/file_source.hpp"
#include "pipeline/connector_kind.hpp"

namespace hiveframe::connectors::file {

pipeline::SourceKind source_kind() { return pipeline::source_kind_of<FileSource>(source_options()); }

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<FileSink>(sink_options());
  kind.not_transactional = "a file cannot commit records and positions together";
  return kind;
}

}  // namespace hiveframe::connectors::file
