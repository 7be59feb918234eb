#pragma once

#include <span>
#include <string>

#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::daemon {

/// What pipelines that ended have done, as an aligned table with a row for each, and for each sink where
/// there are several. Of a dry run nothing is said about what comes to the sinks later. Ends with a line
/// break.
std::string summary_text(std::span<const runtime::Status> pipelines, bool dry_run = false);

/// The same and more as one JSON object on one line, without a line break.
std::string summary_json(std::span<const runtime::Status> pipelines, int exit_status);

}  // namespace hiveframe::daemon
