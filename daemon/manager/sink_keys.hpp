#pragma once

#include <optional>

#include "config/given_options.hpp"
#include "config/reader.hpp"
#include "pipeline/expr/program.hpp"

namespace hiveframe::daemon {

/// What every sink may have beside its connector's options.
struct SinkKeys {
  std::optional<expr::Program> when;
};

/// Keys of a sink that are the pipeline's, not its connector's.
const config::TableInfo& sink_keys();
/// Reads them. Nothing if anything was reported.
std::optional<SinkKeys> read_sink_keys(const config::GivenOptions& given, config::Reader& reader);

}  // namespace hiveframe::daemon
