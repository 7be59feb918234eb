#include "config/reference.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

enum class Mode { append, overwrite };

struct Inner {
  int attempts = 3;
};
struct Settings {
  std::filesystem::path path;
  Mode mode = Mode::append;
  Secret token;
  std::uint64_t size = 65536;
  Inner retry;
  std::string delimiter = ": ";
};

OptionTable<Settings> options() {
  OptionTable<Inner> inner("retry", "", "");
  inner.add("attempts", &Inner::attempts, integer(1, 9)).help("Tries");
  OptionTable<Settings> table("file sink", "file", "Writes records to files");
  table.add("mode", &Settings::mode, choice<Mode>({{"append", Mode::append}, {"overwrite", Mode::overwrite}}))
      .help("What to do with a file that is there");
  table.add("path", &Settings::path, path()).required().help("File or folder").example("/tmp/out.ndjson");
  table.add("token", &Settings::token, secret()).help("Sent along").example("${TOKEN}");
  table.add("size", &Settings::size, size()).help("Bytes of a file");
  table.add("retry", &Settings::retry, section(std::move(inner))).help("Of one request");
  table.add("delimiter", &Settings::delimiter, text());
  table.uri({.schemes = {"file"}, .path = "path"}, "file:///tmp/out.ndjson");
  return table;
}

TEST(Reference, Explain) {
  EXPECT_EQ(explain(options().info()),
            "file sink: Writes records to files\n"
            "\n"
            "  file:///tmp/out.ndjson\n"
            "\n"
            "Options\n"
            "\n"
            "  mode: append or overwrite, default append\n"
            "      What to do with a file that is there\n"
            "  path: a path, required\n"
            "      File or folder\n"
            "      for example path: /tmp/out.ndjson\n"
            "  token: text (secret)\n"
            "      Sent along\n"
            "      for example token: ${TOKEN}\n"
            "  size: a size, default 64KiB\n"
            "      Bytes of a file\n"
            "  retry: a map of options\n"
            "      Of one request\n"
            "      attempts: an integer from 1 to 9, default 3\n"
            "          Tries\n"
            "  delimiter: text, default ': '\n");
}

TEST(Reference, LinesAreWrapped) {
  const std::string text = explain(options().info(), 30);
  EXPECT_NE(text.find("      What to do with a file\n      that is there\n"), std::string::npos) << text;
}

TEST(Reference, TheTemplateShowsADefaultThatIsSettledLater) {
  OptionTable<Settings> table("sink", "", "");
  const auto modes = [] { return choice<Mode>({{"append", Mode::append}, {"overwrite", Mode::overwrite}}); };
  table.add("mode", &Settings::mode, modes()).default_note("overwrite").help("One of the choices");
  EXPECT_EQ(yaml_template(table.info(), 0),
            "# mode: overwrite  # One of the choices (append or overwrite)\n");
  OptionTable<Settings> other("sink", "", "");
  other.add("mode", &Settings::mode, modes()).default_note("by the name").help("None of them");
  EXPECT_EQ(yaml_template(other.info(), 0),
            "# mode: append  # None of them (append or overwrite; default by the name)\n");
}

TEST(Reference, TheTemplateIsYamlThatTheTableReads) {
  const std::string text = yaml_template(options().info(), 2);
  EXPECT_EQ(text,
            "  path: /tmp/out.ndjson  # File or folder\n"
            "  # mode: append         # What to do with a file that is there (append or overwrite)\n"
            "  # token: ${TOKEN}      # Sent along\n"
            "  # size: 64KiB          # Bytes of a file\n"
            "  # retry:               # Of one request\n"
            "  # delimiter: ': '\n");
  Reading reading(text);
  const auto settings = reading.read(options());
  ASSERT_TRUE(settings) << reading.problems();
  EXPECT_EQ(settings->path, "/tmp/out.ndjson");
}

}  // namespace
}  // namespace hiveframe::config
