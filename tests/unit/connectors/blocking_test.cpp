#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

#include "pipeline/blocking_thread.hpp"
#include "pipeline/gather_list.hpp"
#include "pipeline/interrupt.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

pipeline::Task<std::pair<std::thread::id, std::thread::id>> where(pipeline::BlockingThread& thread) {
  auto work = [] { return std::this_thread::get_id(); };
  const std::thread::id there = co_await thread.run(work);
  co_return std::pair(there, std::this_thread::get_id());
}

TEST(BlockingThread, CallsThereAndResumesHere) {
  pipeline::BlockingThread thread;
  const auto [there, here] = run(where(thread));
  EXPECT_EQ(here, std::this_thread::get_id());
  EXPECT_NE(there, here);
  EXPECT_EQ(run(where(thread)).first, there) << "one thread, for good";
}

TEST(BlockingThread, PassesOnWhatWasThrownAndGoesOn) {
  pipeline::BlockingThread thread;
  auto failing = [] { pipeline::throw_file_error(ENOSPC, "write to", "x"); };
  EXPECT_EQ(thrown_by([&] { run(thread.run(failing)); }),
            "Retryable: cannot write to x: No space left on device; free some space on this file system");
  auto owning = [text = std::make_unique<std::string>("moved in")] { return *text; };
  EXPECT_EQ(run(thread.run(std::move(owning))), "moved in");
}

TEST(Interrupt, EndsAWaitAndStaysRaised) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  pipeline::Interrupt interrupt;
  bool interrupted = false;
  std::thread waiting([&] {
    try {
      interrupt.wait_readable(ends[0]);
    } catch (const pipeline::Interrupted&) {
      interrupted = true;
    }
  });
  EXPECT_FALSE(interrupt.raised());
  interrupt.raise();
  waiting.join();
  EXPECT_TRUE(interrupted);
  EXPECT_TRUE(interrupt.raised());
  EXPECT_THROW(interrupt.wait_writable(ends[1]), pipeline::Interrupted);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Interrupt, WaitsForADescriptorUntilADeadline) {
  using Clock = std::chrono::steady_clock;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  pipeline::Interrupt interrupt;
  const Clock::time_point soon = Clock::now() + std::chrono::milliseconds(1);
  EXPECT_FALSE(interrupt.wait_ready(ends[0], false, soon));
  EXPECT_GE(Clock::now(), soon);
  EXPECT_FALSE(interrupt.wait_ready(ends[0], true, Clock::time_point::min())) << "it cannot be written to";
  EXPECT_TRUE(interrupt.wait_ready(ends[1], true, Clock::time_point::max()));
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  EXPECT_TRUE(interrupt.wait_ready(ends[0], false, Clock::time_point::max()));
  EXPECT_FALSE(interrupt.wait_ready(ends[1], false, soon)) << "it cannot be read";
  interrupt.raise();
  EXPECT_THROW(static_cast<void>(interrupt.wait_ready(ends[0], false, soon)), pipeline::Interrupted);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Interrupt, EndsASleepThatHasNoEnd) {
  using Clock = std::chrono::steady_clock;
  pipeline::Interrupt interrupt;
  const Clock::time_point soon = Clock::now() + std::chrono::milliseconds(1);
  interrupt.sleep_until(soon);
  EXPECT_GE(Clock::now(), soon);
  interrupt.sleep_until(Clock::time_point::min());
  bool interrupted = false;
  std::thread waiting([&] {
    try {
      interrupt.sleep_until(Clock::time_point::max());
    } catch (const pipeline::Interrupted&) {
      interrupted = true;
    }
  });
  interrupt.raise();
  waiting.join();
  EXPECT_TRUE(interrupted);
  EXPECT_THROW(interrupt.sleep_until(soon), pipeline::Interrupted) << "also when the time has come";
}

std::string text_of(const pipeline::GatherList& list) {
  std::string text;
  for (const iovec& run : list.runs())
    text.append(static_cast<const char*>(run.iov_base), run.iov_len);
  return text;
}

TEST(GatherList, LinesThatStandSideBySideAreOneRun) {
  const std::string buffer = "one\ntwo\n\nthree\nfour#";
  const auto line = [&](std::size_t begin, std::size_t size) {
    return std::string_view(buffer).substr(begin, size);
  };
  pipeline::GatherList list("\n");
  list.add(line(0, 3));
  list.add(line(4, 3));
  list.add(line(8, 0));
  list.add(line(9, 5));
  EXPECT_EQ(list.runs().size(), 1U);
  list.add(line(15, 4));  // without a delimiter behind it
  list.add(line(4, 3));   // not next to what was before
  list.add({});
  EXPECT_EQ(text_of(list), "one\ntwo\n\nthree\nfour\ntwo\n\n");
  EXPECT_EQ(list.bytes(), text_of(list).size());
  pipeline::GatherList bare("");
  bare.add(line(0, 3));
  bare.add(line(4, 3));
  EXPECT_EQ(text_of(bare), "onetwo");
}

// Short runs are copied before they are written, long ones are not.
void expect_written_whole(std::size_t count, std::size_t longest) {
  const Folder folder;
  std::vector<std::string> records;
  for (std::size_t i = 0; i < count; ++i)
    records.push_back(std::string(longest - i % 4, static_cast<char>('a' + i % 26)) + "#");
  pipeline::GatherList list("\n");
  for (const std::string& record : records)
    list.add(std::string_view(record).substr(0, record.size() - 1));
  const std::string all = text_of(list);
  for (const std::size_t from :
       {std::size_t{0}, std::size_t{1}, std::size_t{777}, all.size() - 1, all.size()}) {
    std::FILE* const file = std::fopen((folder / "out").c_str(), "w");
    int error_number = 0;
    EXPECT_EQ(pipeline::write_runs(fileno(file), list.runs(), from, error_number), all.size() - from);
    EXPECT_EQ(error_number, 0);
    std::fclose(file);
    EXPECT_EQ(folder.read("out"), all.substr(from));
  }
}

TEST(GatherList, IsWrittenWholeHoweverManyRunsAndWhereverItBegins) {
  expect_written_whole(5000, 3);
  expect_written_whole(3000, 300);
  expect_written_whole(2500, 4000);
  expect_written_whole(1, 5000);
  expect_written_whole(20, 100'000);
}

TEST(GatherList, AFailedWriteOfShortRunsSaysHowFarItCame) {
  pipeline::GatherList list("\n");
  const std::string record = "short#";
  for (int i = 0; i < 100'000; ++i)
    list.add(std::string_view(record).substr(0, 5));
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  int error_number = 0;
  const std::size_t written = pipeline::write_runs(ends[1], list.runs(), 0, error_number);
  EXPECT_EQ(error_number, EAGAIN);
  int held = 0;
  ASSERT_EQ(::ioctl(ends[0], FIONREAD, &held), 0);
  EXPECT_GT(held, 0);
  EXPECT_EQ(written, static_cast<std::size_t>(held));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace hiveframe::testing
