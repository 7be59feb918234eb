#pragma once

#include <map>

#include "config/environment.hpp"

namespace hiveframe::config {

/// Another environment, of which each file is read once: whoever asks during one load of the configuration
/// sees the same text, also of a file that changes meanwhile. `inner` outlives it. Not thread-safe.
class CachingEnvironment final : public Environment {
 public:
  explicit CachingEnvironment(const Environment& inner) : inner_(inner) {}

  std::optional<std::string> variable(std::string_view name) const override { return inner_.variable(name); }
  FileText read_file(const std::filesystem::path& path) const override {
    const auto found = files_.find(path);
    if (found != files_.end()) return found->second;
    return files_.emplace(path, inner_.read_file(path)).first->second;
  }

 private:
  const Environment& inner_;
  mutable std::map<std::filesystem::path, FileText> files_;
};

}  // namespace hiveframe::config
