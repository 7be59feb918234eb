#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "config/environment.hpp"
#include "config/yaml.hpp"
#include "daemon/manager/record_options.hpp"

namespace hiveframe::daemon {

/// The value of a YAML text.
inline YamlValue yaml(const std::string& text) {
  config::Diagnostics diagnostics;
  const config::ProcessEnvironment environment;
  config::Reader reader(environment, diagnostics);
  const config::YamlFile file = config::parse_yaml(config::SourceFile::make("t.yaml", text), diagnostics);
  std::optional<YamlValue> value;
  if (!file.documents.empty()) value = read_yaml_value(file.documents.front(), reader);
  EXPECT_EQ(diagnostics.render(), "");
  return value.value_or(YamlValue{});
}

}  // namespace hiveframe::daemon
