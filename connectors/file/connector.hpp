#pragma once

#include "pipeline/connector.hpp"

namespace hiveframe::connectors::file {

pipeline::SourceKind source_kind();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::file
