#include "connectors/registry.hpp"

#include "connectors/discard/discard_sink.hpp"
#include "connectors/file/connector.hpp"
#include "connectors/generate/generate_source.hpp"
#include "connectors/stdio/stdin_source.hpp"
#include "connectors/stdio/stdout_sink.hpp"

namespace hiveframe::connectors {

pipeline::ConnectorRegistry registry() {
  pipeline::ConnectorRegistry all;
  all.sources = {file::source_kind(), stdio::source_kind(), generate::source_kind()};
  all.sinks = {file::sink_kind(), stdio::sink_kind(), discard::sink_kind()};
  return all;
}

}  // namespace hiveframe::connectors
