// What the sink logs begins with its pipeline and its name there.

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "tests/unit/connectors/file_sink_harness.hpp"
#include "tests/unit/pipeline/runtime/exec/log_capture.hpp"

namespace hiveframe::testing {
namespace {

using runtime::test::LogCapture;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileSinkLogTest : public ::testing::Test {
 protected:
  void append_by_hand() { std::ofstream(path_, std::ios::app) << "theirs\n"; }

  Folder folder_;
  LogCapture log_;
  std::string path_ = folder_ / "out.ndjson";
  std::string in_place_ = "path: " + path_ + "\n";
  std::string hidden_ = in_place_ + "mode: overwrite\n";
  Marks marks_;
};

TEST_F(FileSinkLogTest, OfSomebodyElseWhoAppends) {
  SinkRun run(in_place_, marks_);
  run.write({"1"});
  run.store();
  EXPECT_THAT(log_.lines(), IsEmpty());
  append_by_hand();
  run.write({"2"});
  run.store();
  EXPECT_THAT(log_.lines(), ElementsAre("[orders] sinks[1]: " + path_ +
                                        ": another program appends to it while this pipeline does"));
}

TEST_F(FileSinkLogTest, OfAFileThatWasReplaced) {
  {
    SinkRun run(in_place_, marks_);
    run.write({"1"});
    run.store();
  }
  std::filesystem::rename(path_, path_ + ".old");
  append_by_hand();
  SinkRun run(in_place_, marks_);
  EXPECT_THAT(log_.lines(), ElementsAre("[orders] sinks[1]: " + path_ +
                                        " was replaced or cut since the last run; going on at its end"));
}

TEST_F(FileSinkLogTest, OfWhatIsCutOff) {
  {
    SinkRun run(in_place_, marks_);
    run.write({"1"});
    run.store();
    run.write({"2"});
  }
  SinkRun run(in_place_, marks_);
  EXPECT_THAT(log_.lines(),
              ElementsAre("[orders] sinks[1]: " + path_ +
                          ": cut off 2 bytes that an earlier run wrote last and did not come to "
                          "store; their records come again"));
}

TEST_F(FileSinkLogTest, OfWhatAnotherRunHadNotShown) {
  {
    SinkRun run(hidden_, marks_);
    run.write({"1"});
    run.store();
  }
  Marks none;
  SinkRun run(hidden_, none);
  EXPECT_THAT(log_.lines(), ElementsAre(::testing::AllOf(
                                ::testing::StartsWith("[orders] sinks[1]: " + folder_.path()),
                                HasSubstr(": removed, with 2 bytes that another run had written"))));
}

}  // namespace
}  // namespace hiveframe::testing
