#include <gmock/gmock.h>
#include <sqlite3.h>
#include <vector>

#include "tests/unit/pipeline/runtime/state/state_folder.hpp"

namespace hiveframe::runtime {
namespace {

using pipeline::Fatal;
using testing::AllOf;
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

  void store_much() {
    StateStore store = open();
    StateChange change;
    for (int i = 0; i < 500; ++i)
      change.lanes.push_back({"lane " + std::to_string(i), "identity", "position", false});
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

// Whatever byte is broken: a clear message that names the file, or an answer; never a crash, never a retry.
TEST_F(StateStoreDamage, SingleBrokenBytesNeverCrash) {
  store_much();
  const std::string sound = read_file("orders.db");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < sound.size(); at += at < 100 ? 2 : 997) {
    std::string broken = sound;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    write_file("orders.db", broken);
    try {
      open().load();
    } catch (const Fatal& error) {
      ++refused;
      EXPECT_THAT(error.what(), HasSubstr("orders.db"));
    } catch (const pipeline::Retryable& error) {
      ADD_FAILURE() << "byte " << at << " would be retried for ever: " << error.what();
    }
    for (const char* suffix : {"-wal", "-shm", "-journal"})
      std::filesystem::remove(folder_ / ("orders.db" + std::string(suffix)));
  }
  EXPECT_GT(refused, 10U);
}

TEST_F(StateStoreDamage, ANewerVersionIsReported) {
  store_much();
  run_sql("orders.db", "PRAGMA user_version = 999");
  EXPECT_THAT(message_of<Fatal>([&] { open(); }), AllOf(HasSubstr("version 999"), HasSubstr("newer")));
}

TEST_F(StateStoreDamage, ADatabaseMovedFromAnotherPipelineIsReported) {
  store_much();
  std::filesystem::rename(folder_ / "orders.db", folder_ / "invoices.db");
  EXPECT_THAT(message_of<Fatal>([&] { open(Start::resume, "invoices"); }),
              HasSubstr("belongs to pipeline 'orders'"));
}

TEST_F(StateStoreDamage, AnEmptyFileIsANewDatabase) {
  write_file("orders.db", "");
  open().commit({.source_identity = "x"});
  EXPECT_EQ(open().load().source_identity, "x");
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
