#pragma once

#include <functional>
#include <memory>
#include <ostream>

#include "pipeline/runtime/exec/spec.hpp"

namespace hiveframe::daemon {

/// Where `--dry-run` prints what sinks would get, for all pipelines of the process; thread-safe.
class DryRunOutput;

/// `out` is used by no one else while pipelines run; `error` says why writing to it failed (an errno).
std::shared_ptr<DryRunOutput> dry_run_output(std::ostream& out, std::function<int()> error);

/// The same pipeline, writing nothing: every sink prints a line {"sink": its name, "record": …} for each
/// record in its place, and the source is not told what is done.
runtime::PipelineSpec dry_run(runtime::PipelineSpec spec, const std::shared_ptr<DryRunOutput>& output);

}  // namespace hiveframe::daemon
