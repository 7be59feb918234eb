#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::config {

/// What `${…}` may ask of the world; given from outside so that tests need neither variables nor files.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual std::optional<std::string> variable(std::string_view name) const = 0;

  struct FileText {
    std::optional<std::string> content;
    std::string error;  ///< why there is no content, e.g. "No such file or directory"
  };
  /// At most 1 MiB; a longer file is an error.
  virtual FileText read_file(const std::filesystem::path& path) const = 0;
};

/// The process's own environment variables and files. Reading variables is not safe while another thread
/// calls setenv; the daemon does not.
class ProcessEnvironment final : public Environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override;
  FileText read_file(const std::filesystem::path& path) const override;
};

}  // namespace hiveframe::config
