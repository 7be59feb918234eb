#pragma once

#include <string>
#include <vector>

#include "config/secret.hpp"
#include "daemon/manager/restart_policy.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/runtime/exec/spec.hpp"

namespace hiveframe::daemon {

/// One pipeline as its file says it, read and checked: what each of its runs is made from, and what a reload
/// compares. A value.
struct PipelineConfiguration {
  runtime::PipelineSpec spec;
  Restart restart = Restart::on_failure;
  std::string file;  ///< where it stands, as it was found
  std::string text;  ///< its YAML as written, with *** for secrets
  /// Equal for two readings that say the same: the document without comments, places and tests, with the
  /// values of its `${…}`, those of files too.
  config::Secret fingerprint;
  std::vector<pipeline::Use> reads;   ///< what its source has for itself
  std::vector<pipeline::Use> writes;  ///< what its sinks have for themselves
};

}  // namespace hiveframe::daemon
