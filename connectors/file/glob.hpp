#pragma once

#include <string>
#include <vector>

namespace hiveframe::connectors::file {

/// Whether a path is a pattern: has one of * ? [.
bool is_glob(const std::string& path);

/// The paths that an absolute pattern may mean, as of glob(7): each of its parts matches the names in one
/// folder, and names that begin with a dot only by a dot. Whether what follows the last pattern is there is
/// not looked at. In no order. Throws Retryable or Fatal where a folder cannot be listed. Blocking.
std::vector<std::string> paths_matching(const std::string& pattern);

}  // namespace hiveframe::connectors::file
