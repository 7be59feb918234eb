#pragma once

#include <ctime>
#include <functional>
#include <string>

namespace hiveframe::connectors::file {

/// Removes hidden part files in `folder` that hold nothing and were begun before `alone_at` (see
/// FolderClaim): a run was killed between making one and storing its mark, and no later run would know it.
/// One that a stopped run does know is no loss either: it begins anew, for nothing of its own is in it.
/// `is_ours`: final paths to leave alone. Blocking; throws Retryable or Fatal.
void remove_abandoned_parts(const std::string& folder, const std::timespec& alone_at,
                            const std::function<bool(const std::string& final_path)>& is_ours);

}  // namespace hiveframe::connectors::file
