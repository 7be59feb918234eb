// Whatever is wrong with a file, `validate` shows no password, neither for people nor for programs.

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "connectors/registry.hpp"
#include "daemon/cli/command_line.hpp"

namespace hiveframe::daemon {
namespace {

class SecretsInMessages : public testing::Test {
 public:
  SecretsInMessages() {
    std::filesystem::create_directories(path_);
    setenv("HIVEFRAME_TEST_URL", "foo://me:hunter2@h/db?token=hunter3", 1);
    std::ofstream(path_ / "secret") << "/tmp/hunter2";
    std::ofstream(path_ / "url") << "foo://me:hunter2@hunter3/hunter4";
  }
  ~SecretsInMessages() override {
    unsetenv("HIVEFRAME_TEST_URL");
    std::filesystem::remove_all(path_);
  }
  SecretsInMessages(const SecretsInMessages&) = delete;
  SecretsInMessages& operator=(const SecretsInMessages&) = delete;

 protected:
  std::string validate(const std::string& yaml, bool json) const {
    const std::filesystem::path file = path_ / "orders.yaml";
    std::ofstream(file, std::ios::binary) << yaml;
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    Io io{in, out, err};
    std::vector<std::string> arguments{"validate", file.string()};
    if (json) arguments.emplace_back("--json");
    EXPECT_EQ(run_command_line(arguments, connectors::registry(), io), 2) << yaml;
    return out.str() + err.str();
  }

  std::filesystem::path path_ = std::filesystem::path(testing::TempDir()) /
                                testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SecretsInMessages, OfFilesThatAreWrongInAnyWay) {
  const std::string uri = "foo://me:hunter2@h/db";
  const std::string head = "source: generate\n";
  const std::string tail = "source: generate\nsink: discard\n";
  const std::vector<std::string> files = {
      // Values of a sink.
      head + "sink: " + uri + ": x\n",
      head + "sink: !" + uri + "\n",
      head + "sink: !x " + uri + "\n",
      head + "sink: *" + uri + "\n",
      head + "sink: @" + uri + "\n",
      head + "sink: %" + uri + "\n",
      head + "sink: {{" + uri + "}}\n",
      head + "sink: \"" + uri + "\" x\n",
      head + "sink: '" + uri + "' x\n",
      head + "sink: \"" + uri + "\n",
      head + "sink: \"\\q" + uri + "\"\n",
      head + "sink: | " + uri + "\n",
      head + "sink: - " + uri + "\n",
      head + "sink: [" + uri + "\n",
      head + "sink: {uri: " + uri + "\n",
      head + "sink: {uri: " + uri + ", count: ${N}}\n",
      head + "sink: {uri: " + uri + "} x\n",
      head + "sink: " + uri + "\n  more: x\n",
      head + "sink: " + uri + "\n\tmore: x\n",
      head + "sink: " + uri + "\n",
      head + "sink: foo:" + uri.substr(4) + "?x\n",
      head + "sink: file:" + uri + "\n",
      head + "sink: discard?x=" + uri + "\n",
      head + "sink: discard?password=hunter2\n",
      head + "sink: \"foo://me:hun hunter2@h/db\"\n",
      head + "sink: foo://me:hun hunter2@h/db\n",
      head + "sink: >-\n  foo://me:hun\n  hunter2@h/db\n",
      head + "sink: foo://me:" + std::string(90, 'x') + "hunter2@h/db\n",
      head + "sink: foo://me:hun/hunter2@h/db\n",
      head + "sink: foo://me:hun#hunter2@h/db\n",
      head + "sink: foo://h/x?password=hunter2\n",
      head + "sink: foo://h/x?=" + uri + "\n",
      head + "sink: {type: " + uri + "}\n",
      head + "sink: {type: 'foo://me:" + std::string(90, 'x') + "hunter2@h'}\n",
      head + "sink: {uri: " + uri + ", type: discard}\n",
      head + "sink: {" + uri + ": x}\n",
      head + "sink: {uri: foo://h, password: hunter2}\n",
      head + "sink: {type: discard, password: hunter2, api_key: hunter3}\n",
      head + "sink: {password: hunter2}\n",
      head + "sink: ${HIVEFRAME_TEST_UNSET:-" + uri + "}\n",
      head + "sink: ${HIVEFRAME_TEST_URL}\n",
      head + "sink: {type: \"${HIVEFRAME_TEST_URL}\"}\n",
      head + "sink: {type: file, path: \"./${file:secret}.ndjson\"}\n",
      head + "sink: \"./${file:secret}/x.ndjson\"\n",
      head + "sink: ${file:secret}\n",
      head + "sink: ${file:url}\n",
      head + "sink: {type: file, path: x, format: \"${file:secret}\"}\n",
      // Files that are no YAML, with a secret that is no URI.
      head + "sink:\n  type: discard\n  password: !hunter2\n",
      head + "sink:\n  type: discard\n  password: *hunter2\n",
      head + "sink:\n  type: discard\n  password: @hunter2\n",
      head + "sink:\n  type: discard\n  password: \"hunter2\" x\n",
      head + "sink:\n  type: discard\n  password: \"hunter2\n",
      head + "sink:\n  type: discard\n  password: 'a'hunter2\n",
      head + "sink:\n  type: discard\n  password:hunter2\n",
      head + "sink:\n  type: discard\n  password: a: hunter2\n",
      head + "sink: {type: discard, password: \"a\" hunter2}\n",
      head + "sink: {type: discard, password: !hunter2}\n",
      head + "sink:\n  password: hunter2\n  password: hunter3\n",
      // Elsewhere.
      tail + uri + ": x\n",
      tail + "'" + uri + "': x\n",
      tail + "ordered: " + uri + "\n",
      tail + "delivery: " + uri + "\n",
      tail + "on_error: " + uri + "\n",
      tail + "on_error: {dead_letter: " + uri + "}\n",
      tail + "parallelism: " + uri + "\n",
      tail + "max_record_bytes: " + uri + "\n",
      tail + "retry: {max_elapsed: " + uri + "}\n",
      tail + "retry: " + uri + "\n",
      tail + "transforms: " + uri + "\n",
      tail + "transforms: [" + uri + "]\n",
      tail + "transforms:\n  - " + uri + "\n",
      tail + "transforms: [{'" + uri + "': x}]\n",
      tail + "transforms: [{filter: \"'" + uri + "' + nope\"}]\n",
      tail + "transforms: [{filter: " + uri + "}]\n",
      tail + "transforms: [{drop: ['" + uri + "[']}]\n",
      tail + "name: " + uri + "\n",
      tail + "name: ${HIVEFRAME_TEST_URL}\n",
      tail + "name: \"${file:secret}\"\n",
      tail + "sinks: " + uri + "\n",
      tail + "sink: " + uri + "\n",
      uri + "\n",
      "- " + uri + "\n",
      uri + "?x\nsource: a\n",
  };
  for (const std::string& yaml : files) {
    for (const bool json : {false, true}) {
      const std::string shown = validate(yaml, json);
      EXPECT_EQ(shown.find("hunter"), std::string::npos) << yaml << shown;
    }
  }
}

}  // namespace
}  // namespace hiveframe::daemon
