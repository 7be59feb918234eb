#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/option_info.hpp"
#include "daemon/manager/admin_sections.hpp"
#include "daemon/manager/log_sections.hpp"

namespace hiveframe::config {
class Node;
class Reader;
}  // namespace hiveframe::config

namespace hiveframe::daemon {

/// The options of the daemon file.
struct DaemonSettings {
  std::vector<std::filesystem::path> pipelines;    ///< files, and folders of them
  std::optional<std::filesystem::path> state_dir;  ///< none: as the process's user has it
  std::size_t threads = 0;                         ///< 0: one for each processor
  std::uint64_t memory_limit = 256ULL * 1024 * 1024;
  std::chrono::milliseconds shutdown_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds start_timeout = std::chrono::seconds(30);
  LogOptions log;
  AdminSettings admin;
};

/// What changed from one reading to the next and is in force only after a restart, by the options' names.
std::vector<std::string> changes_that_need_a_restart(const DaemonSettings& before,
                                                     const DaemonSettings& after);

/// Reads daemon files. Immutable once made.
class DaemonOptions {
 public:
  DaemonOptions();
  ~DaemonOptions();
  DaemonOptions(const DaemonOptions&) = delete;
  DaemonOptions& operator=(const DaemonOptions&) = delete;

  /// Reports every problem of the document; nothing if there was one.
  std::optional<DaemonSettings> read(const config::Node& document, config::Reader& reader) const;
  /// For `explain` and `schema`.
  [[nodiscard]] const config::TableInfo& info() const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace hiveframe::daemon
