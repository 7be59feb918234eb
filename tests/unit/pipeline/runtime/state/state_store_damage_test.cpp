#include <gmock/gmock.h>
#include <sqlite3.h>
#include <vector>

#include "tests/unit/pipeline/runtime/state/state_folder.hpp"

namespace hiveframe::runtime {
namespace {

using pipeline::Fatal;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using Start = StateStore::Start;

class StateStoreDamage : public StateFolder {
 protected:
  std::string read_file(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void run_sql(const std::string& name, const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / name).c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  std::filesystem::path move_to(const std::string& parent) const {
    std::filesystem::remove_all(folder_);
    std::string pattern = parent + "/state_test_XXXXXX";
    return ::mkdtemp(pattern.data());
  }

  void store_much() {
    StateStore store = open();
    StateChange change;
    for (int i = 0; i < 500; ++i)
      change.lanes.push_back({"lane " + std::to_string(i), "identity", "position"});
    store.commit(change);
  }
};

TEST_F(StateStoreDamage, AForeignFileIsNamedAndNeverTouched) {
  const std::string letter(5000, 'a');
  write_file("orders.db", letter);
  for (const Start start : {Start::resume, Start::over}) {
    const std::string message = message_of<Fatal>([&] { open(start); });
    EXPECT_THAT(message, AllOf(HasSubstr((folder_ / "orders.db").string()), HasSubstr("move it away")));
    EXPECT_EQ(read_file("orders.db"), letter);
  }
}

TEST_F(StateStoreDamage, AShortForeignFileToo) {
  write_file("orders.db", "{}\n");
  for (const Start start : {Start::resume, Start::over}) {
    EXPECT_THAT(message_of<Fatal>([&] { open(start); }), HasSubstr("move it away"));
    EXPECT_EQ(read_file("orders.db"), "{}\n");
  }
}

TEST_F(StateStoreDamage, ADatabaseOfAnotherProgramIsNamedAndNeverTouched) {
  run_sql("orders.db", "CREATE TABLE letters(text); INSERT INTO letters VALUES ('dear');");
  const std::string before = read_file("orders.db");
  EXPECT_THAT(message_of<Fatal>([&] { open(); }), HasSubstr("database of another program"));
  EXPECT_THAT(message_of<Fatal>([&] { open(Start::over); }), HasSubstr("not a state database"));
  EXPECT_EQ(read_file("orders.db"), before);
}

TEST_F(StateStoreDamage, AFolderInItsPlaceIsNamed) {
  std::filesystem::create_directory(folder_ / "orders.db");
  EXPECT_THAT(message_of<Fatal>([&] { open(); }), HasSubstr("Is a directory"));
  message_of<Fatal>([&] { open(Start::over); });
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "orders.db"));
}

TEST_F(StateStoreDamage, DamageIsReportedWithWhatToDoAndStartingOverHelps) {
  store_much();
  std::string content = read_file("orders.db");
  ASSERT_GT(content.size(), 4096U * 3);
  for (std::size_t i = 4096; i < content.size(); i += 3)
    content[i] = static_cast<char>(i);
  write_file("orders.db", content);
  EXPECT_THAT(message_of<Fatal>([&] { open(); }), AllOf(HasSubstr("damaged"), HasSubstr("--from-start")));
  EXPECT_EQ(open(Start::over).load().lanes.size(), 0U);
}

TEST_F(StateStoreDamage, ATruncatedDatabaseIsReported) {
  store_much();
  std::filesystem::resize_file(folder_ / "orders.db", 4096 * 2);
  EXPECT_THAT(message_of<Fatal>([&] { open(); }), AllOf(HasSubstr("damaged"), HasSubstr("--from-start")));
  EXPECT_EQ(open(Start::over).load().lanes.size(), 0U);
}

// Whatever byte is broken: a clear message that names the file and what to do, or exactly what was stored;
// never another position, never a retry.
TEST_F(StateStoreDamage, ABrokenByteIsReportedOrChangesNothing) {
  folder_ = std::filesystem::exists("/dev/shm") ? move_to("/dev/shm") : folder_;
  StateChange change;
  change.source_identity = "/in";
  change.lanes = {{"/in/a", "device 1", "1234/5"}, {"/in/b", "device 1", "99/7"}};
  change.marks = {{"sink", "/out/a", "in_place 1 2 3 4 0 1"}};
  open().commit(change);
  const std::string sound = read_file("orders.db");
  std::size_t refused = 0;
  std::size_t in_zeros = 0;
  for (std::size_t at = 0; at < sound.size(); ++at) {
    // Most of it is room for more.
    if (sound[at] == 0 && at > 100 && in_zeros++ % 97 != 0) continue;
    std::string broken = sound;
    broken[at] = static_cast<char>(broken[at] ^ (at % 2 == 0 ? 0x01 : 0x54));
    write_file("orders.db", broken);
    try {
      const StateSnapshot snapshot = open().load();
      EXPECT_EQ(snapshot.source_identity, change.source_identity) << at;
      EXPECT_EQ(snapshot.phase, Phase::running) << at;
      EXPECT_EQ(snapshot.lanes, change.lanes) << at;
      EXPECT_EQ(snapshot.marks, change.marks) << at;
    } catch (const Fatal& error) {
      ++refused;
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr("orders.db"), AnyOf(HasSubstr("--from-start"), HasSubstr("move it away"))))
          << at;
    } catch (const pipeline::Retryable& error) {
      ADD_FAILURE() << "byte " << at << " would be retried for ever: " << error.what();
    }
    for (const char* suffix : {"-wal", "-shm", "-journal"})
      std::filesystem::remove(folder_ / ("orders.db" + std::string(suffix)));
  }
  EXPECT_GT(refused, 500U);
}

TEST_F(StateStoreDamage, AChangedPositionIsNamed) {
  open().commit({.lanes = {{"/in/a", "", "position 1234"}}});
  std::string content = read_file("orders.db");
  const std::size_t at = content.find("position 1234");
  ASSERT_NE(at, std::string::npos);
  content[at + 9] = '9';
  write_file("orders.db", content);
  StateStore store = open();
  EXPECT_THAT(message_of<Fatal>([&] { store.load(); }),
              AllOf(HasSubstr("'/in/a' has changed since it was stored"), HasSubstr("--from-start")));
}

// What a later commit stores must not hide that the row was damaged before.
TEST_F(StateStoreDamage, DamageIsNotPaintedOver) {
  open().commit({.source_identity = "/the/old/input"});
  std::string content = read_file("orders.db");
  content[content.find("/the/old/input") + 5] = 'g';
  write_file("orders.db", content);
  EXPECT_THAT(message_of<Fatal>([&] { open(); }), AllOf(HasSubstr("damaged"), HasSubstr("--from-start")));
}

TEST_F(StateStoreDamage, WhereverItWasCutItIsReported) {
  store_much();
  const std::string sound = read_file("orders.db");
  for (std::size_t length = 0; length < sound.size(); length += length < 4096 ? 512 : 2048) {
    write_file("orders.db", sound.substr(0, length));
    EXPECT_THAT(message_of<Fatal>([&] { open().load(); }),
                AllOf(HasSubstr("orders.db"), HasSubstr("--from-start")))
        << length;
  }
}

// An older one is not read as if it were ours, nor is what a broken byte makes of the version.
TEST_F(StateStoreDamage, AnotherVersionIsReported) {
  store_much();
  for (const char* const version : {"0", "3", "999"}) {
    run_sql("orders.db", ("PRAGMA user_version = " + std::string(version)).c_str());
    EXPECT_THAT(
        message_of<Fatal>([&] { open(); }),
        AllOf(HasSubstr("it is of version " + std::string(version) + ","), HasSubstr("--from-start")));
  }
  EXPECT_EQ(open(Start::over).load().lanes.size(), 0U);
}

TEST_F(StateStoreDamage, ADatabaseMovedFromAnotherPipelineIsReported) {
  store_much();
  std::filesystem::rename(folder_ / "orders.db", folder_ / "invoices.db");
  EXPECT_THAT(message_of<Fatal>([&] { open(Start::resume, "invoices"); }),
              HasSubstr("belongs to pipeline 'orders'"));
}

// A database appears whole under its name, so an empty one was cut.
TEST_F(StateStoreDamage, AnEmptyFileIsNoNewDatabase) {
  write_file("orders.db", "");
  EXPECT_THAT(message_of<Fatal>([&] { open(); }), AllOf(HasSubstr("is empty"), HasSubstr("--from-start")));
  EXPECT_EQ(open(Start::over).load().lanes.size(), 0U);
}

// Killed while it made one: nothing was stored yet.
TEST_F(StateStoreDamage, AHalfMadeDatabaseIsMadeAnew) {
  write_file("orders.db.new", "half");
  write_file("orders.db.new-journal", "half");
  StateStore store = open();
  store.commit({.source_identity = "x"});
  EXPECT_EQ(store.load().source_identity, "x");
  store.clear();
  EXPECT_TRUE(files().empty());
}

// Somebody removed the database by hand after a crash, but not its log.
TEST_F(StateStoreDamage, ALogWithoutItsDatabaseIsNotReplayed) {
  std::string log;
  {
    StateStore store = open();
    store.commit({.source_identity = "old"});
    log = read_file("orders.db-wal");
  }
  ASSERT_FALSE(log.empty());
  std::filesystem::remove(folder_ / "orders.db");
  write_file("orders.db-wal", log);
  EXPECT_EQ(open().load().source_identity, std::nullopt);
}

TEST_F(StateStoreDamage, AnotherProgramUsingItIsWaitedFor) {
  store_much();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((folder_ / "orders.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_THAT(message_of<pipeline::Retryable>([&] { open(); }), HasSubstr("close the program"));
  sqlite3_close(other);
  EXPECT_EQ(open().load().lanes.size(), 500U);
}

}  // namespace
}  // namespace hiveframe::runtime
