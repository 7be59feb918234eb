#pragma once

#include <filesystem>

#include "config/diagnostic.hpp"
#include "config/source_file.hpp"

namespace hiveframe::daemon {

/// The text of a configuration file; null if it cannot be read, which is reported. Of a file that is too long
/// so much that parse_yaml() says so.
config::SourceFilePtr read_configuration_file(const std::filesystem::path& path,
                                              config::Diagnostics& diagnostics);

}  // namespace hiveframe::daemon
