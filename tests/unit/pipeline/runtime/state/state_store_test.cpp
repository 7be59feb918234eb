#include "pipeline/runtime/state/state_store.hpp"

#include <gmock/gmock.h>
#include <set>
#include <string>
#include <sys/stat.h>

#include "pipeline/runtime/state/sqlite.hpp"
#include "tests/unit/pipeline/runtime/state/state_folder.hpp"

namespace hiveframe::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Start = StateStore::Start;

class StateStoreTest : public StateFolder {};

TEST_F(StateStoreTest, IsEmptyAtFirst) {
  StateStore store = open();
  const StateSnapshot snapshot = store.load();
  EXPECT_EQ(snapshot.source_identity, std::nullopt);
  EXPECT_EQ(snapshot.phase, Phase::running);
  EXPECT_THAT(snapshot.lanes, IsEmpty());
  EXPECT_THAT(snapshot.marks, IsEmpty());
}

TEST_F(StateStoreTest, KeepsWhatWasCommitted) {
  const LaneState first{"a.json", "dev 1 inode 2", std::string("\0\x01\xff", 3)};
  const LaneState second{std::string("b\xff\0c", 4), "", ""};  // a file name need not be UTF-8
  const SinkMark mark{"out", std::string("/data/\xfe.csv"), std::string("\0", 1)};
  {
    StateStore store = open();
    StateChange change;
    change.source_identity = "file /in";
    change.lanes = {second, first};
    change.marks = {mark};
    change.phase = Phase::completing;
    change.sinks = {{"stdout", std::string("/data/\xfe\n\0.csv", 13)}};
    store.commit(change);
  }
  const StateSnapshot snapshot = open().load();
  EXPECT_EQ(snapshot.sinks, (std::set<std::string>{"stdout", std::string("/data/\xfe\n\0.csv", 13)}));
  EXPECT_EQ(snapshot.source_identity, "file /in");
  EXPECT_EQ(snapshot.phase, Phase::completing);
  EXPECT_THAT(snapshot.lanes, ElementsAre(first, second));
  EXPECT_THAT(snapshot.marks, ElementsAre(mark));
}

TEST_F(StateStoreTest, ChangesOnlyWhatIsNamed) {
  StateStore store = open();
  StateChange change;
  change.source_identity = "file /in";
  change.lanes = {{"a", "", "1"}, {"b", "", "1"}};
  change.marks = {{"s", "k1", "v"}, {"s", "k2", "v"}, {"t", "k1", "v"}};
  store.commit(change);

  StateChange next;
  next.lanes = {{"a", "", "2"}};
  next.erased_marks = {{"s", "k1"}, {"s", "never there"}};
  next.marks = {{"s", "k2", "w"}};
  store.commit(next);

  const StateSnapshot snapshot = store.load();
  EXPECT_EQ(snapshot.source_identity, "file /in");
  EXPECT_THAT(snapshot.lanes, ElementsAre(LaneState{"a", "", "2"}, LaneState{"b", "", "1"}));
  EXPECT_THAT(snapshot.marks, ElementsAre(SinkMark{"s", "k2", "w"}, SinkMark{"t", "k1", "v"}));
}

TEST_F(StateStoreTest, ErasuresComeFirst) {
  StateStore store = open();
  StateChange change;
  change.erased_marks = {{"s", "k"}};
  change.marks = {{"s", "k", "v"}};
  store.commit(change);
  EXPECT_EQ(store.load().marks.size(), 1U);
}

TEST_F(StateStoreTest, TakesManyLanesAtOnce) {
  StateStore store = open();
  StateChange change;
  for (int i = 0; i < 20'000; ++i)
    change.lanes.push_back({"lane " + std::to_string(i), "id", "position"});
  store.commit(change);
  EXPECT_EQ(store.load().lanes.size(), 20'000U);
}

TEST_F(StateStoreTest, ClearLeavesNothingBehind) {
  {
    StateStore store = open();
    StateChange change;
    change.lanes = {{"a", "", "1"}};
    store.commit(change);
    ASSERT_FALSE(files().empty());
    store.clear();
    EXPECT_THAT(files(), IsEmpty());
    StateStore next = open();
    EXPECT_THAT(next.load().lanes, IsEmpty()) << "and the name is free again at once";
  }
}

TEST_F(StateStoreTest, OtherPipelinesAreNotTouched) {
  StateStore other = open(Start::resume, "other");
  StateChange change;
  change.lanes = {{"a", "", "1"}};
  other.commit(change);
  open().clear();
  open(Start::over, "third");
  EXPECT_EQ(other.load().lanes.size(), 1U);
}

TEST_F(StateStoreTest, StartingOverForgetsThePositions) {
  {
    StateStore store = open();
    StateChange change;
    change.source_identity = "x";
    change.phase = Phase::completing;
    change.lanes = {{"a", "", "1"}};
    store.commit(change);
  }
  StateStore store = open(Start::over);
  const StateSnapshot snapshot = store.load();
  EXPECT_EQ(snapshot.source_identity, std::nullopt);
  EXPECT_EQ(snapshot.phase, Phase::running) << "nothing is left that sinks could mend";
  EXPECT_THAT(snapshot.lanes, IsEmpty());
  EXPECT_EQ(store.unreadable_because(), "");
}

TEST_F(StateStoreTest, StartingOverKeepsTheMarksUntilTheRunHasBegun) {
  const SinkMark mark{"/out.ndjson", "/out.ndjson", "length 7"};
  {
    StateStore store = open();
    StateChange change;
    change.source_identity = "x";
    change.lanes = {{"a", "", "1"}};
    change.marks = {mark};
    store.commit(change);
  }
  // However often it is killed before, and whether it is told to start over again or not.
  for (const Start start : {Start::over, Start::resume, Start::over, Start::resume}) {
    const StateSnapshot snapshot = open(start).load();
    EXPECT_EQ(snapshot.source_identity, std::nullopt);
    EXPECT_EQ(snapshot.phase, Phase::starting_over);
    EXPECT_THAT(snapshot.lanes, IsEmpty());
    EXPECT_THAT(snapshot.marks, ElementsAre(mark));
  }
  {
    StateStore store = open();
    StateChange begun;
    begun.phase = Phase::running;
    begun.erased_marks = {{mark.sink, mark.key}};
    store.commit(begun);
  }
  const StateSnapshot snapshot = open().load();
  EXPECT_EQ(snapshot.phase, Phase::running);
  EXPECT_THAT(snapshot.marks, IsEmpty());
}

TEST_F(StateStoreTest, StartingOverSaysThatItCouldNotReadTheMarks) {
  {
    StateStore store = open();
    StateChange change;
    change.marks = {{"/out.ndjson", "/out.ndjson", "length 7"}};
    store.commit(change);
  }
  {
    SqliteConnection connection(folder_ / "orders.db", "change");
    connection.execute("UPDATE sink_mark SET value = x'00'");
  }
  StateStore store = open(Start::over);
  EXPECT_THAT(store.unreadable_because(), HasSubstr("the mark of '/out.ndjson' has changed"));
  EXPECT_EQ(store.load().phase, Phase::running);
  EXPECT_THAT(store.load().marks, IsEmpty());
}

TEST_F(StateStoreTest, MakesItsFolderForItsUserOnly) {
  const std::filesystem::path deep = folder_ / "a" / "b" / "";
  StateStore store(deep, "orders", Start::resume);
  struct stat found {};
  ASSERT_EQ(::stat(deep.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat((deep / "orders.db").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(StateStoreTest, KeepsNamesApartThatOnlyLookAlike) {
  StateStore a = open(Start::resume, "a/b");
  StateStore b = open(Start::resume, "a%2Fb");
  StateStore c = open(Start::resume, "file:a?mode=memory");
  std::set<std::string> databases = files();
  std::erase_if(databases, [](const std::string& name) { return !name.ends_with(".db"); });
  EXPECT_EQ(databases.size(), 3U) << "and a name is never taken for a URI";
}

TEST(StateIdentity, TellsBothAndTheWayOut) {
  EXPECT_EQ(check_identity("orders", "file /a", "file /a"), std::nullopt);
  const std::optional<std::string> message = check_identity("orders", "file /a", "file /b");
  ASSERT_TRUE(message.has_value());
  for (const char* part : {"orders", "file /a", "file /b", "--from-start"})
    EXPECT_THAT(*message, HasSubstr(part));
}

}  // namespace
}  // namespace hiveframe::runtime
