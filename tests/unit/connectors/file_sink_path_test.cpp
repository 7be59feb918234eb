#include <gmock/gmock.h>

#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FileSinkPath, ARecordCannotLeadOutOfTheRoot) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "root/{{ record.a }}/x-{{ record.b }}.ndjson"), marks);
  const std::string at = folder / "root/";
  EXPECT_THAT(
      sink.write({R"({"a":"ok","b":1})", R"({"a":"..","b":1})", R"({"a":".","b":1})",
                  R"({"a":"../..","b":1})", R"({"a":"","b":1})", R"({"a":"k","b":"../../../etc/x"})",
                  R"({"a":".hidden","b":1})", R"({"a":"k\u0000","b":1})", R"({"a":"k","b":""})",
                  R"({"a":"/etc","b":1})", R"({"a":")" + std::string(236, 'y') + R"(","b":1})",
                  R"({"a":"..ok","b":".."})"}),
      ElementsAre(
          "1: a value makes a part of the path '" + at + "../x-1.ndjson' be '..'",
          "2: a value makes a part of the path '" + at + "./x-1.ndjson' be '.'",
          "3: a value makes a part of the path '" + at + "../../x-1.ndjson' be '..'",
          "4: a value in the path '" + at + "/x-1.ndjson' is empty",
          "5: a value in the path '" + at + "k/x-../../../etc/x.ndjson' holds a '/'",
          "6: a value makes a name in the path '" + at + ".hidden/x-1.ndjson' begin with '.'",
          "7: a value in the path '" + at + "k?/x-1.ndjson' holds a NUL",
          "8: a value in the path '" + at + "k/x-.ndjson' is empty",
          "9: a value in the path '" + at + "/etc/x-1.ndjson' is empty",
          "10: a value makes a name in the path '" + at + std::string(236, 'y') + "/' longer than 235 bytes",
          "11: a value makes a name in the path '" + at + "..ok/x-...ndjson' begin with '.'"));
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("root/ok/x-1.ndjson"));
}

TEST(FileSinkPath, AValueAtTheBeginningOfANameCannotHideIt) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "root/{{ record.a }}.ndjson"), marks);
  const std::string at = folder / "root/";
  EXPECT_THAT(sink.write({R"({"a":"ok"})", R"({"a":".h"})", R"({"a":"."})", R"({"a":".."})"}),
              ElementsAre("1: a value makes a name in the path '" + at + ".h.ndjson' begin with '.'",
                          "2: a value makes a name in the path '" + at + "..ndjson' begin with '.'",
                          "3: a value makes a name in the path '" + at + "...ndjson' begin with '.'"));
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("root/ok.ndjson"));
}

TEST(FileSinkPath, TwoValuesSideBySideCannotMakeDots) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "r/{{ record.a }}{{ record.b }}/.{{ record.c }}/x.ndjson"), marks);
  EXPECT_THAT(
      sink.write(
          {R"({"a":".","b":".","c":"k"})", R"({"a":"k","b":"","c":"."})", R"({"a":"","b":"k","c":"c"})"}),
      ElementsAre("0: a value makes a part of the path '" + (folder / "r/../.k/x.ndjson") + "' be '..'",
                  "1: a value makes a part of the path '" + (folder / "r/k/../x.ndjson") + "' be '..'"));
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("r/k/.c/x.ndjson"));
}

TEST(FileSinkPath, RelativeOnesStartAtTheFolderOfTheFile) {
  const Folder folder;
  Marks marks;
  SinkRun sink(sink_settings("path: ../b/./out/{{ record.a }}.ndjson", folder / "a"), marks);
  sink.write({R"({"a":1})"});
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("b/out/1.ndjson"));
  EXPECT_EQ(sink_settings("path: '{{ record.a }}.ndjson'", "/x/y")->output->root(), "/x/y/");
  EXPECT_EQ(sink_settings("path: /x/a{{{{b/{{ record.a }}.ndjson", "/")->output->root(), "/x/a{{b/");
}

TEST(FileSinkPath, SettingsThatCannotBeAreRefused) {
  EXPECT_EQ(
      sink_error("path: /out/folder\n"),
      "p.yaml:1:7: error: a path without an extension is a folder of part files, which needs a format\n"
      "  1 | path: /out/folder\n"
      "    |       ^~~~~~~~~~~\n"
      "    = set 'format' to json, ndjson, csv or text, or give the path an extension for a single file\n"
      "1 error in 1 file\n");
  EXPECT_EQ(
      sink_error("path: /out/a.dat\n"),
      "p.yaml:1:7: error: no format has the extension '.dat'\n"
      "  1 | path: /out/a.dat\n"
      "    |       ^~~~~~~~~~\n"
      "    = set 'format' to json, ndjson, csv, text or bytes, or end the name with one of .json, .ndjson, "
      ".jsonl, .csv, .tsv, .txt, .log, .bin\n"
      "1 error in 1 file\n");
  EXPECT_EQ(sink_error("path: /out/a.ndjson?mode=overwrite\n"),
            "p.yaml:1:7: error: a path takes no options after '?'\n"
            "  1 | path: /out/a.ndjson?mode=overwrite\n"
            "    |       ^~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "    = write them beside 'uri' or 'path', or use file:///…\n"
            "1 error in 1 file\n");
  for (const char* path : {"/out/a?format=ndjson", "/out/a.ndjson?mode=error\nformat: ndjson",
                           "/out/{{ record.a }}.ndjson?modes=append&x=y"})
    EXPECT_THAT(sink_error("path: " + std::string(path) + "\n"), HasSubstr("takes no options")) << path;
  EXPECT_EQ(sink_error("path: /out/items?page=2.ndjson\n"), "");
  for (const char* name : {"/out/a.gz", "/out/{{ record.a }}.xml", "'/out/a.{{ record.a }}'"})
    EXPECT_THAT(sink_error("path: " + std::string(name) + "\n"),
                HasSubstr("the format cannot be told from the name of this file"))
        << name;
  EXPECT_EQ(sink_error("path: /out/a.ndjson\npartition_by: [a]\n"),
            "p.yaml:2:15: error: 'partition_by' needs a folder, but the path names a file\n"
            "  2 | partition_by: [a]\n"
            "    |               ^~~\n"
            "    = leave out the extension and set 'format', or put the fields into the path as {{ "
            "record.field }}\n"
            "1 error in 1 file\n");
  EXPECT_EQ(sink_error("path: /out/a.ndjson.gz\ncompression: none\n"),
            "p.yaml:2:14: error: the name of the file ends with '.gz'\n"
            "  2 | compression: none\n"
            "    |              ^~~~\n"
            "    = leave 'compression' out, or change the name\n"
            "1 error in 1 file\n");
  EXPECT_EQ(sink_error("path: /out/{{ record.a }}/../b.ndjson\n"),
            "p.yaml:1:7: error: '.', '..' and '//' cannot follow an expression in a path\n"
            "  1 | path: /out/{{ record.a }}/../b.ndjson\n"
            "    |       ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "    = write the path without them\n"
            "1 error in 1 file\n");
  EXPECT_EQ(sink_error("path: /out\nformat: bytes\n"),
            "p.yaml:2:9: error: format 'bytes' cannot be written to a folder of part files\n"
            "  2 | format: bytes\n"
            "    |         ^~~~~\n"
            "    = give the path an extension, so that it names a file\n"
            "1 error in 1 file\n");
  EXPECT_THAT(sink_settings("path: /out\nformat: ndjson\npartition_by: b.c\n")->partition_names,
              ElementsAre("b.c"));
  EXPECT_EQ(sink_error("path: /out\nformat: ndjson\npartition_by: [a, b.c, \"['a']\"]\n"),
            "p.yaml:3:15: error: 'a' is named twice\n"
            "  3 | partition_by: [a, b.c, \"['a']\"]\n"
            "    |               ^~~~~~~~~~~~~~~~~\n"
            "1 error in 1 file\n");
}

TEST(PartitionFolder, EscapesAsHiveDoes) {
  using connectors::file::partition_folder;
  EXPECT_EQ(partition_folder("day", "2026-01-02"), "day=2026-01-02");
  EXPECT_EQ(partition_folder("k", ""), "k=__HIVE_DEFAULT_PARTITION__");
  EXPECT_EQ(partition_folder("k", std::string_view("\"#%'*/:=?\\{[]^\x01\x1f\x7f\0", 18)),
            "k=%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E%01%1F%7F%00");
  EXPECT_EQ(partition_folder("a b", ".. ü}"), "a b=.. ü}");
}

}  // namespace
}  // namespace hiveframe::testing
