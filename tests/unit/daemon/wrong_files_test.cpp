// Wrong pipeline files and what `validate` says of them: tests/data/wrong/NAME.yaml and NAME.txt. The texts
// are written for people: read a changed one aloud before it is stored.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "connectors/registry.hpp"
#include "daemon/cli/command_line.hpp"

namespace hiveframe::daemon {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> wrong_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(HIVEFRAME_TEST_DATA "/wrong")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class WrongFile : public testing::TestWithParam<std::string> {
 public:
  // Messages name files as they were given.
  WrongFile() { std::filesystem::current_path(HIVEFRAME_TEST_DATA "/wrong"); }
  ~WrongFile() override { std::filesystem::current_path(before_); }
  WrongFile(const WrongFile&) = delete;
  WrongFile& operator=(const WrongFile&) = delete;

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_P(WrongFile, IsExplained) {
  unsetenv("HIVEFRAME_TEST_UNSET");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Io io{in, out, err};
  const std::vector<std::string> arguments{"validate", GetParam() + ".yaml"};
  EXPECT_EQ(run_command_line(arguments, connectors::registry(), io), 2);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), content(GetParam() + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Each, WrongFile, testing::ValuesIn(wrong_files()), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

}  // namespace
}  // namespace hiveframe::daemon
