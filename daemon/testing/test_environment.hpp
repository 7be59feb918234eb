#pragma once

#include <map>
#include <string>

#include "config/environment.hpp"

namespace hiveframe::daemon {

/// The environment of a test: variables of its own before those of another environment, which outlives it.
class TestEnvironment final : public config::Environment {
 public:
  TestEnvironment(const config::Environment& below, std::map<std::string, std::string> variables)
      : below_(below), variables_(std::move(variables)) {}

  std::optional<std::string> variable(std::string_view name) const override {
    const auto own = variables_.find(std::string(name));
    return own != variables_.end() ? own->second : below_.variable(name);
  }
  FileText read_file(const std::filesystem::path& path) const override { return below_.read_file(path); }

 private:
  const config::Environment& below_;
  std::map<std::string, std::string> variables_;
};

}  // namespace hiveframe::daemon
