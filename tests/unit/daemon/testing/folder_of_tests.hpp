#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "connectors/registry.hpp"
#include "daemon/testing/test_loader.hpp"

namespace hiveframe::daemon {

/// A folder of configuration files, and what is loaded from it.
class FolderOfTests : public testing::Test {
 public:
  FolderOfTests() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~FolderOfTests() override { std::filesystem::remove_all(folder_); }
  FolderOfTests(const FolderOfTests&) = delete;
  FolderOfTests& operator=(const FolderOfTests&) = delete;

 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  /// With file names instead of paths.
  std::string problems() const {
    std::string text = diagnostics_.render();
    const std::string prefix = folder_.string() + "/";
    for (std::size_t at = 0; (at = text.find(prefix, at)) != std::string::npos;)
      text.erase(at, prefix.size());
    return text;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("hiveframe-") + testing::UnitTest::GetInstance()->current_test_info()->name());
  pipeline::ConnectorRegistry connectors_ = connectors::registry();
  PipelineOptions options_{connectors_};
  config::ProcessEnvironment environment_;
  config::Diagnostics diagnostics_;
  TestLoader loader_{options_, environment_, diagnostics_};
};

}  // namespace hiveframe::daemon
