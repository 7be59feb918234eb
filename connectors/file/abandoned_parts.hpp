#pragma once

#include <ctime>
#include <functional>
#include <string>

namespace hiveframe::connectors::file {

enum class Abandoned {
  /// Those that hold nothing: a run was killed between making one and storing its mark, and no later run
  /// would know it. One that a stopped run does know is no loss either: it begins anew, for nothing of its
  /// own is in it.
  empty,
  /// Those of stopped runs too.
  any,
};

/// Removes hidden part files in `folder` that were begun before `alone_at` (see FolderClaim) and that nobody
/// has locked. `is_ours`: final paths to leave alone. True if any was removed. Blocking; throws Retryable or
/// Fatal.
bool remove_abandoned_parts(const std::string& folder, Abandoned which, const std::timespec& alone_at,
                            const std::function<bool(const std::string& final_path)>& is_ours);

}  // namespace hiveframe::connectors::file
