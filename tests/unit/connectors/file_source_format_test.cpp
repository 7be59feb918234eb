#include <gmock/gmock.h>

#include "connectors/file/detect_format.hpp"
#include "tests/unit/connectors/file_source_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(FileSource, FormatIsToldByNameThenContent) {
  using connectors::file::format_of_content;
  const auto name = [](const codec::Format* format) { return format ? std::string(format->name) : "?"; };
  EXPECT_EQ(name(format_of_content("data", "{\"a\":1}\n{\"a\":2}\n")), "ndjson");
  EXPECT_EQ(name(format_of_content("data.dat", "\xef\xbb\xbf {\"a\":1}")), "ndjson");
  EXPECT_EQ(name(format_of_content("data", "{\n  \"a\": 1\n}\n")), "json");
  EXPECT_EQ(name(format_of_content("data", " [{\"a\":1},")), "json");
  EXPECT_EQ(name(format_of_content("syslog", "Jan 1 00:00:00 host x[1]: y\n")), "text");
  EXPECT_EQ(name(format_of_content("syslog.gz", "Jan 1\n")), "text");
  EXPECT_EQ(name(format_of_content("table.xml", "a,b\n1,2\n")), "?");
  EXPECT_EQ(name(format_of_content("blob", std::string_view("PAR1\0\0", 6))), "?");
  const Folder folder;
  const std::string unknown = folder.write("t.xml", "a,b\n");
  EXPECT_EQ(read_all(at(unknown)).error, "Fatal: cannot read " + unknown +
                                             ": its format cannot be told from its name or content; name it "
                                             "with 'format' (json, ndjson, csv, text "
                                             "or bytes)");
}

TEST(FileSource, WhatBeginsWithABracketIsJsonOnlyIfItCanBe) {
  using connectors::file::format_of_content;
  for (const std::string_view head : {"[",
                                      "[ ",
                                      "[]",
                                      "[]\n",
                                      "[1",
                                      "[-",
                                      "[-1.5e",
                                      "[-1.5e+3]",
                                      "[0]",
                                      "[1]\n[2]",
                                      "[1] [2] {\"a\":1}",
                                      "[t",
                                      "[tru",
                                      "[true]",
                                      "[null",
                                      "[false, x",
                                      "[\"",
                                      "[\"a",
                                      "[\"a\\\"b\"]",
                                      "[\"a\", b",
                                      "[1, 2] x",
                                      "[[",
                                      "[[[]]]",
                                      "[[1], x",
                                      "[{",
                                      "[ { ",
                                      "[{}",
                                      "[\n  {\n    \"a\": 1",
                                      "[{\"a\" 1",
                                      "[]{",
                                      "\xef\xbb\xbf [1]"}) {
    const codec::Format* const format = format_of_content("data", head);
    ASSERT_NE(format, nullptr) << head;
    EXPECT_EQ(format->name, "json") << head;
    EXPECT_EQ(format_of_content("data.dat", head), format) << head;
  }
  for (const std::string_view head : {"[info] a\n",
                                      "[INFO",
                                      "[2024-01-01] x",
                                      "[2024-01-01T00:00:00Z]",
                                      "[12:30:00] x",
                                      "[10.0.0.1] x",
                                      "[01] x",
                                      "[1] x",
                                      "[1] 2",
                                      "[1] \"a\"",
                                      "[1] [info] x",
                                      "[1]\n[info] x",
                                      "[] x",
                                      "[]]",
                                      "[,",
                                      "[+1]",
                                      "[.5]",
                                      "[-x]",
                                      "[1 2]",
                                      "[1:",
                                      "[true: x",
                                      "[truth]",
                                      "[nil]",
                                      "[\"a\" b]",
                                      "['a']",
                                      "[[info]]",
                                      "[[1] x",
                                      "[{worker}] x",
                                      "[{'a': 1}]",
                                      "[]1",
                                      "[section]\nkey=value\n",
                                      "[]{x",
                                      "[*] x",
                                      "[a, b]"}) {
    const codec::Format* const format = format_of_content("data", head);
    ASSERT_NE(format, nullptr) << head;
    EXPECT_EQ(format->name, "text") << head;
    EXPECT_EQ(format_of_content("data.dat", head), nullptr) << head;
  }
}

TEST(FileSource, WhatIsWrongWithAGuessedFormatIsSaidWithTheGuess) {
  const Folder folder;
  const std::string advice =
      "; that this is JSON was guessed from the content: 'format: text' takes any lines";
  const auto decoding_error = [&](const std::string& path) {
    FileSource source(at(path));
    run(source.open({}));
    const auto lane = next_lane(source);
    run(lane->seek(std::nullopt));
    const pipeline::ReadBatch batch = run(lane->read(usual_limits));
    record::DataError error;
    if (!batch.refused.empty()) return batch.refused.at(0).error.message;
    record::Draft draft(*batch.storage, batch.storage->records.at(0), batch.storage->arena);
    EXPECT_FALSE(source.format()->decoder()->decode(draft, error));
    codec::add_advice(*source.format(), error);
    return error.message;
  };
  EXPECT_THAT(decoding_error(folder.write("lines", "{worker} started\n")), EndsWith(advice));
  EXPECT_THAT(decoding_error(folder.write("array", "[{\"a\": 1}} started\n")), EndsWith(advice));
  EXPECT_THAT(decoding_error(folder.write("a.ndjson", "{worker} started\n")), Not(HasSubstr("guess")));
  // Only one decoder is made for all files: it says nothing of a guess if it was none for some.
  const Folder mixed;
  mixed.write("a", "{\"a\":1}\n");
  mixed.write("b.ndjson", "2\n");
  FileSource source(at(mixed.path()));
  run(source.open({}));
  EXPECT_EQ(source.format(), codec::find_format("ndjson"));
  record::DataError deep{record::DataError::Type::depth, "deep"};
  codec::add_advice(*connectors::file::format_of_content("x", "{}"), deep);
  EXPECT_EQ(deep.message, "deep");
}

TEST(FileSource, FilesOfOneSourceAreOfOneKind) {
  const Folder folder;
  folder.write("a.ndjson", "{\"a\":1}\n");
  folder.write("b.json", "[{\"a\":2},{\"a\":3}]");
  folder.write("empty", "");
  EXPECT_THAT(read_all(at(folder.path())).records, ElementsAre(R"({"a":1})", R"({"a":2})", R"({"a":3})"));
  const std::string text = folder.write("c.txt", "hello\n");
  EXPECT_EQ(read_all(at(folder.path())).error,
            "Fatal: cannot read " + text + ": its format is text, but " + (folder / "a.ndjson") +
                " is ndjson; name the format of all with 'format', or read them with two pipelines");
}

}  // namespace
}  // namespace hiveframe::testing
