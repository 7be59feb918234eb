#include "connectors/registry.hpp"

#include "connectors/discard/settings.hpp"
#include "connectors/file/sink_settings.hpp"
#include "connectors/file/source_settings.hpp"
#include "connectors/generate/settings.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "connectors/kafka/source_settings.hpp"
#include "connectors/postgres/sink_settings.hpp"
#include "connectors/stdio/settings.hpp"

namespace hiveframe::connectors {

pipeline::ConnectorRegistry registry() {
  pipeline::ConnectorRegistry all;
  all.sources = {file::source_kind(), stdio::source_kind(), generate::source_kind(), kafka::source_kind()};
  all.sinks = {file::sink_kind(), stdio::sink_kind(), kafka::sink_kind(), postgres::sink_kind(),
               discard::sink_kind()};
  return all;
}

}  // namespace hiveframe::connectors
