// Files of CSV that are read: their columns are known wherever reading goes on.
#include <gmock/gmock.h>

#include "tests/unit/connectors/file_source_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The columns that each batch of the source has, and what its format makes of its first record.
std::vector<std::string> decoded(SourceSettings settings, std::string* error = nullptr) {
  std::vector<std::string> found;
  const std::string thrown = thrown_by([&] {
    FileSource source(std::move(settings));
    run(source.open({}));
    const auto decoder = source.format()->decoder();
    while (const std::unique_ptr<pipeline::Lane> lane = next_lane(source)) {
      run(lane->seek(std::nullopt));
      for (;;) {
        pipeline::ReadBatch batch = run(lane->read(usual_limits));
        for (const pipeline::RefusedRecord& each : batch.refused)
          found.push_back(each.place + ": " + each.error.message);
        for (record::Record& each : batch.storage->records) {
          record::Draft draft(*batch.storage, each, batch.storage->arena);
          record::DataError problem;
          std::string text;
          if (decoder->decode(draft, problem)) {
            for (const record::Member& member : draft.value().members()) {
              text += text.empty() ? "" : " ";
              text += std::string(member.name) + "=" +
                      (member.value.is_null() ? "null" : std::string(member.value.text()));
            }
          } else {
            text = lane->place_of(*batch.storage, each) + ": " + problem.message;
          }
          found.push_back(text);
        }
        if (batch.end_of_lane) break;
      }
    }
  });
  if (error != nullptr) {
    *error = thrown;
  } else {
    EXPECT_EQ(thrown, "");
  }
  return found;
}

TEST(FileCsvSource, EachFileHasItsOwnHeader) {
  const Folder folder;
  folder.write("1.csv", "id,name\n1,a\n");
  folder.write("2.csv.gz", gzip("name,id\nb,2\n"));
  folder.write("3.csv", "\xEF\xBB\xBFid;x\n");
  EXPECT_THAT(decoded(at(folder.path())), ElementsAre("id=1 name=a", "name=b id=2"));
}

TEST(FileCsvSource, BadRowsAreNamedByFileAndLine) {
  const Folder folder;
  const std::string path = folder.write("1.csv", "id,name\n1,\"a\n\nb\"\n2\n3,c,d\n4,\"e\"f\n5,\xFF\n6,g\n");
  EXPECT_THAT(decoded(at(path)),
              ElementsAre("id=1 name=a\n\nb", path + " line 5: the row has 1 field for 2 columns",
                          path + " line 6: the row has 3 fields for 2 columns",
                          path + " line 7: field 2 goes on behind its closing quote; a quote within is "
                                 "written twice",
                          HasSubstr(path + " line 8: "), "id=6 name=g"));
}

TEST(FileCsvSource, AHeaderThatIsNoGoodIsARefusedRecord) {
  const Folder folder;
  const std::string path = folder.write("1.csv", "id,\"na\"me\n1,a\n");
  EXPECT_THAT(decoded(at(path)),
              ElementsAre(HasSubstr(path + " line 1: the header is no good: field 2 goes on behind"),
                          path + " line 2: the columns are not known, for the header was refused"));
  SourceSettings typed = at(folder.write("2.csv", "id,name\n1,a\n"));
  typed.csv.emplace();
  typed.csv->types = {{"idd", {record::Kind::int64}}};
  EXPECT_THAT(decoded(typed), ElementsAre(HasSubstr("line 1: there is no column 'idd', which 'types' names"),
                                          HasSubstr("line 2: the columns are not known")));
}

TEST(FileCsvSource, ReadingGoesOnAnywhereWithTheColumnsKnown) {
  for (const std::string ending : {"", ".gz"}) {
    const Folder folder;
    const std::string rows = "id,\"na\nme\"\n1,a\n2,\"b\nb\"\n3,c\n";
    const std::string path = folder.write("1.csv" + ending, packed(ending, rows));
    FileSource source(at(path));
    run(source.open({}));
    const auto lane = next_lane(source);
    const Read whole = read_lane(*lane);
    ASSERT_EQ(whole.records.size(), 3U);
    for (std::size_t i = 0; i < whole.positions.size(); ++i) {
      FileSource again(at(path));
      run(again.open({}));
      const auto other = next_lane(again);
      run(other->seek(whole.positions[i]));
      const pipeline::ReadBatch batch = run(other->read(usual_limits));
      ASSERT_EQ(batch.storage->records.size(), 3 - i);
      EXPECT_EQ(batch.storage->records[0].original, whole.records[i]);
      EXPECT_EQ(other->place_of(*batch.storage, batch.storage->records[0]), whole.places[i]);
      ASSERT_TRUE(batch.storage->columns);
      EXPECT_EQ(batch.storage->columns->columns[1].name, "na\nme");
    }
  }
}

TEST(FileCsvSource, NamesThatEndInTsvAreSeparatedByTabs) {
  const Folder folder;
  folder.write("1.tsv", "id\tname\n1\ta,b\n");
  EXPECT_THAT(decoded(at(folder.path())), ElementsAre("id=1 name=a,b"));
  SourceSettings named = at(folder.path());
  named.format = codec::find_format("csv");
  EXPECT_THAT(decoded(named), ElementsAre("id=1 name=a,b"));
  named.csv.emplace();
  named.csv->delimiter = ',';
  EXPECT_THAT(decoded(named), ElementsAre(HasSubstr("line 2: the row has 2 fields for 1 column")));
}

TEST(FileCsvSource, FilesOfOneSourceAreSeparatedAlike) {
  const Folder folder;
  folder.write("1.csv", "id,name\n1,a\n");
  const std::string tabs = folder.write("2.tsv", "id\tname\n2\tb\n");
  std::string error;
  EXPECT_THAT(decoded(at(folder.path()), &error), IsEmpty());
  EXPECT_THAT(error, HasSubstr("Fatal: cannot read " + tabs + ": by their names, its fields are not"));
}

TEST(FileCsvSource, OptionsForRowsWantRows) {
  const Folder folder;
  SourceSettings settings = at(folder.write("1.ndjson", "{}\n"));
  settings.csv.emplace();
  std::string error;
  EXPECT_THAT(decoded(settings, &error), IsEmpty());
  EXPECT_THAT(error, HasSubstr("its format is ndjson, and 'csv' is for format csv"));
  std::string problems;
  settings_from(connectors::file::source_options(), "path: /tmp/a\nformat: text\ncsv: {header: false}", "/",
                &problems);
  EXPECT_THAT(problems, HasSubstr("p.yaml:3:1: error: 'csv' is for format csv, not text"));
  settings_from(connectors::file::source_options(),
                "path: /tmp/a.csv\ncsv: {header: false, columns: [id, name], types: {idd: int}}", "/",
                &problems);
  EXPECT_THAT(problems, HasSubstr("there is no column 'idd'"));
  EXPECT_THAT(problems, HasSubstr("did you mean 'id'?"));
  settings_from(connectors::file::source_options(), "path: /tmp/a.csv\ncsv: {columns: [id]}", "/", &problems);
  EXPECT_THAT(problems, HasSubstr("'columns' cannot be given together with a header"));
}

}  // namespace
}  // namespace hiveframe::testing
