// Files of CSV that are written: each has its header once, whatever happens to the run.
#include <gmock/gmock.h>

#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string columns = "\ncsv: {columns: [id, name]}";

std::string config(const Folder& folder, const std::string& rest) {
  return "path: " + (folder / rest) + columns;
}

void append(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::app | std::ios::binary) << bytes;
}

// As lines, without carriage returns; or as bytes.
std::string content(const Folder& folder, const std::string& name, const std::string& form = "text") {
  const std::string text = folder / name;
  const auto format = std::make_optional(connectors::file::compression_of_name(name));
  SourceSettings settings = at(text);
  settings.format = codec::find_format(form);
  settings.compression = format;
  const Read read = read_all(std::move(settings));
  EXPECT_EQ(read.error, "");
  std::string all;
  for (const std::string& line : read.records)
    all += form == "text" ? line + "\n" : line;
  return all;
}

TEST(FileCsvSink, ANewFileBeginsWithTheHeader) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    const Folder folder;
    const std::string name = "out.csv" + ending;
    Marks marks;
    SinkRun sink(config(folder, name), marks);
    sink.write({"1,a", "2,b"});
    sink.write({"3,c"});
    sink.flush();
    sink.write({"4,d"});
    sink.finish();
    EXPECT_EQ(content(folder, name), "id,name\n1,a\n2,b\n3,c\n4,d\n");
  }
}

TEST(FileCsvSink, AFileThatHasItGetsNoOther) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    for (const std::string there :
         {"id,name\n0,z\n", "id,name\n", "\xEF\xBB\xBFid,name\r\n0,z\r\n", "id,name", "id,name\n0,z"}) {
      const Folder folder;
      const std::string name = "out.csv" + ending;
      folder.write(name, packed(ending, there));
      Marks marks;
      SinkRun sink(config(folder, name), marks);
      sink.write({"1,a"});
      sink.finish();
      std::string expected = there;
      if (!there.ends_with('\n')) expected += "\n";
      expected += "1,a\n";
      // The text format does not give carriage returns and byte order marks.
      std::erase(expected, '\r');
      if (expected.starts_with("\xEF\xBB\xBF")) expected.erase(0, 3);
      EXPECT_EQ(content(folder, name), expected);
    }
  }
}

TEST(FileCsvSink, AnEmptyFileThatIsThereGetsItsHeader) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    const Folder folder;
    const std::string name = "out.csv" + ending;
    folder.write(name, packed(ending, ""));
    Marks marks;
    SinkRun sink(config(folder, name), marks);
    sink.write({"1,a"});
    sink.finish();
    EXPECT_EQ(content(folder, name), "id,name\n1,a\n");
  }
}

TEST(FileCsvSink, AnOutputWithoutRecordsIsAHeader) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    for (const std::string mode : {"append", "overwrite"}) {
      const Folder folder;
      const std::string name = "out.csv" + ending;
      Marks marks;
      {
        SinkRun sink(config(folder, name) + "\nmode: " + mode, marks);
        sink.finish();
        EXPECT_EQ(content(folder, name), "id,name\n");
      }
      SinkRun sink(config(folder, name) + "\nmode: " + mode, marks);
      sink.write({"1,a"});
      sink.finish();
      EXPECT_EQ(content(folder, name), "id,name\n1,a\n");
    }
  }
}

TEST(FileCsvSink, RowsEndAsAskedForAndTheOtherEndIsTheSameHeader) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    for (const std::string there :
         {"", "id,name\r\n0,z\r\n", "id,name\n0,z\n", "id,name\r\n0,z", "id,name"}) {
      const Folder folder;
      const std::string name = "out.csv" + ending;
      if (!there.empty()) folder.write(name, packed(ending, there));
      Marks marks;
      {
        SinkRun sink("path: " + (folder / name) + "\ncsv: {columns: [id, name], line_end: crlf}", marks);
        sink.write({"1,a", "2,b"});
        sink.write({"3,c"});
        sink.finish();
      }
      std::string expected = there.empty() ? "id,name\r\n" : there;
      if (!expected.ends_with('\n')) expected += "\r\n";
      expected += "1,a\r\n2,b\r\n3,c\r\n";
      EXPECT_EQ(content(folder, name, "bytes"), expected);
    }
  }
}

TEST(FileCsvSink, WithoutAHeaderThereIsNone) {
  const Folder folder;
  folder.write("out.csv", "whatever\n");
  Marks marks;
  SinkRun sink("path: " + (folder / "out.csv") + "\ncsv: {columns: [id, name], header: false}", marks);
  sink.write({"1,a"});
  sink.finish();
  EXPECT_EQ(folder.read("out.csv"), "whatever\n1,a\n");
}

TEST(FileCsvSink, DoesNotAppendBelowAnotherHeader) {
  for (const std::string ending : {"", ".gz"}) {
    for (const std::string there : {"name,id\nz,0\n", "id,name,more\n", "id\n", "id,nam"}) {
      const Folder folder;
      const std::string name = "out.csv" + ending;
      const std::string before = packed(ending, there);
      folder.write(name, before);
      Marks marks;
      const std::string error = thrown_by([&] { SinkRun(config(folder, name), marks).write({"1,a"}); });
      EXPECT_THAT(error,
                  HasSubstr("Fatal: cannot append to " + (folder / name) + ": it begins with '" +
                            there.substr(0, there.find('\n')) + "', and not with the header 'id,name'"));
      EXPECT_EQ(folder.read(name), before);
    }
  }
}

// Whatever of it was on disk: cut to nothing, the file is a new one.
TEST(FileCsvSink, TheHeaderComesBackAfterACrashBeforeTheFirstCommit) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    for (const bool written : {false, true}) {
      const Folder folder;
      const std::string name = "out.csv" + ending;
      Marks marks;
      {
        SinkRun sink(config(folder, name), marks);
        marks.commit();  // of a file that is made, and empty
        sink.write({"1,a"});
        if (written) sink.flush();
        sink.crash();
      }
      if (!written) append(folder / name, "id,na");
      SinkRun sink(config(folder, name), marks);
      EXPECT_EQ(folder.read(name), "");
      sink.write({"1,a"});
      sink.finish();
      EXPECT_EQ(content(folder, name), "id,name\n1,a\n");
    }
  }
}

TEST(FileCsvSink, NoSecondHeaderAfterACrashBehindTheFirstCommit) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    for (const std::string mode : {"append", "overwrite"}) {
      const Folder folder;
      const std::string name = "out.csv" + ending;
      Marks marks;
      const std::string yaml = config(folder, name) + "\nmode: " + mode;
      {
        SinkRun sink(yaml, marks);
        sink.write({"1,a"});
        sink.store();
        sink.write({"2,b"});
        sink.flush();
        sink.crash();
      }
      SinkRun sink(yaml, marks);
      sink.write({"2,b"});
      sink.finish();
      EXPECT_EQ(content(folder, name), "id,name\n1,a\n2,b\n");
    }
  }
}

TEST(FileCsvSink, ColumnsThatAreChangedInTheMidstOfARunAreNotAppended) {
  const Folder folder;
  Marks marks;
  {
    SinkRun sink(config(folder, "out.csv"), marks);
    sink.write({"1,a"});
    sink.store();
    sink.crash();
  }
  const std::string error =
      thrown_by([&] { SinkRun("path: " + (folder / "out.csv") + "\ncsv: {columns: [name, id]}", marks); });
  EXPECT_THAT(error, HasSubstr("it begins with 'id,name', and not with the header 'name,id'"));
}

TEST(FileCsvSink, EachPartAndPartitionHasItsOwn) {
  const Folder folder;
  Marks marks;
  // The harness hands over lines as they are; from JSON, it knows their fields.
  SinkRun sink(config(folder, "parts\nformat: csv\npartition_by: k"), marks);
  sink.write({R"({"k":"a"})", R"({"k":"b"})", R"({"k":"a"})"});
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("parts/k=a/part-00000.csv", "parts/k=b/part-00000.csv"));
  EXPECT_EQ(folder.read("parts/k=a/part-00000.csv"), "id,name\n{\"k\":\"a\"}\n{\"k\":\"a\"}\n");
  EXPECT_EQ(folder.read("parts/k=b/part-00000.csv"), "id,name\n{\"k\":\"b\"}\n");
}

TEST(FileCsvSink, EachFileThatRecordsNameHasItsOwn) {
  const Folder folder;
  Marks marks;
  SinkRun sink(config(folder, "{{ record.k }}.csv"), marks);
  sink.write({R"({"k":"a"})", R"({"k":"b"})"});
  sink.finish();
  EXPECT_EQ(folder.read("a.csv"), "id,name\n{\"k\":\"a\"}\n");
  EXPECT_EQ(folder.read("b.csv"), "id,name\n{\"k\":\"b\"}\n");
}

// At most once, what was written behind the mark stays: up to its last whole row, in whose quotes lines may
// end.
TEST(FileCsvSink, WholeRowsStayWhereTheyDoNotComeAgain) {
  struct Case {
    std::string_view written;
    std::string_view stays;
  };
  for (const Case& each : {Case{"", ""},
                           {"id,na", ""},
                           {"id,name\n", "id,name\n"},
                           {"id,name\n1,a\n2,", "id,name\n1,a\n"},
                           {"id,name\n1,\"a\nb\"\n2,\"c\n", "id,name\n1,\"a\nb\"\n"},
                           {"id,name\n1,\"a\nb\n\"\"\n", "id,name\n"},
                           {"id,name\n1,\"a\n\"\n", "id,name\n1,\"a\n\"\n"}}) {
    const Folder folder;
    Marks marks;
    {
      SinkRun sink(config(folder, "out.csv"), marks, Delivery::at_most_once);
      marks.commit();
      sink.crash();
    }
    append(folder / "out.csv", each.written);
    SinkRun sink(config(folder, "out.csv"), marks, Delivery::at_most_once);
    EXPECT_EQ(folder.read("out.csv"), each.stays);
    sink.write({"9,z"});
    sink.finish();
    const std::string rows(each.stays.empty() ? "id,name\n" : each.stays);
    EXPECT_EQ(folder.read("out.csv"), rows + "9,z\n");
  }
}

TEST(FileCsvSink, ARowLongerThanWhatIsLookedAtAtOnceIsFoundWhole) {
  for (const std::size_t size : {65'000U, 65'536U, 200'000U}) {
    const Folder folder;
    Marks marks;
    {
      SinkRun sink(config(folder, "out.csv"), marks, Delivery::at_most_once);
      marks.commit();
      sink.crash();
    }
    const std::string rows = "id,name\n1,\"" + std::string(size, '\n') + "\"\n";
    append(folder / "out.csv", rows + "2,\"" + std::string(size, '\n'));
    SinkRun(config(folder, "out.csv"), marks, Delivery::at_most_once).crash();
    EXPECT_EQ(folder.read("out.csv"), rows);
  }
}

TEST(FileCsvSink, SettingsAreChecked) {
  EXPECT_THAT(sink_error("path: /tmp/a.csv"), HasSubstr("rows of CSV need to know their columns\n"));
  EXPECT_THAT(sink_error("path: /tmp/a.ndjson\ncsv: {columns: [a]}"),
              HasSubstr("p.yaml:2:1: error: 'csv' is for format csv, not ndjson"));
  EXPECT_THAT(sink_error("path: /tmp/a.csv\ncsv: {columns: [a, a]}"), HasSubstr("'a' is named twice"));
  EXPECT_THAT(sink_error("path: /tmp/a.csv\ncsv: {columns: ['a[0]']}"),
              HasSubstr("a column cannot be an item of a list"));
  EXPECT_THAT(sink_error("path: /tmp/a.csv\ncsv: {columns: [a], delimiter: ab}"),
              HasSubstr("p.yaml:2:32: error: expected one ASCII character"));
  EXPECT_THAT(sink_error("path: /tmp/a.csv\ncsv: {columns: [a], delimiter: '1'}"),
              HasSubstr("no letter, digit or end of line"));
  EXPECT_THAT(sink_error("path: /tmp/a.csv\ncsv: {columns: [a], quote: ','}"),
              HasSubstr("p.yaml:2:28: error: 'delimiter' and 'quote' are the same"));
  EXPECT_THAT(sink_error("path: /tmp/a.csv\ncsv: {columns: [a], null_token: 'a,b'}"),
              HasSubstr("the text for null cannot hold a delimiter"));
}

TEST(FileCsvSink, NamesThatEndInTsvAreSeparatedByTabs) {
  const auto preamble = [](const std::string& yaml) { return sink_settings(yaml)->format->preamble; };
  EXPECT_EQ(preamble("path: /tmp/a.tsv" + columns), "id\tname\n");
  EXPECT_EQ(preamble("path: /tmp/a.TSV.gz" + columns), "id\tname\n");
  EXPECT_EQ(preamble("path: /tmp/a.csv" + columns), "id,name\n");
  EXPECT_EQ(preamble("path: /tmp/a.tsv\ncsv: {columns: [id, name], delimiter: ';'}"), "id;name\n");
}

}  // namespace
}  // namespace hiveframe::testing
