#include <array>
#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "connectors/stdio/stdin_source.hpp"
#include "connectors/stdio/stdout_sink.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using connectors::stdio::StdinSource;
using connectors::stdio::StdoutSink;

constexpr pipeline::ReadLimits limits{65536, 1000, 65536};

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  void close_reader() { close(0); }
  void close_writer() { close(1); }
  [[nodiscard]] int reader() const { return ends_[0]; }
  [[nodiscard]] int writer() const { return ends_[1]; }

 private:
  void close(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{};
};

std::unique_ptr<pipeline::Lane> lane_of(StdinSource& source) {
  run(source.open({}));
  pipeline::LaneEvent event = run(source.next());
  return std::move(std::get<pipeline::LaneOpened>(event).lane);
}

TEST(StdinSource, ReadsToTheEnd) {
  Pipe pipe;
  StdinSource source({codec::find_format("ndjson")}, pipe.reader());
  EXPECT_FALSE(source.traits().replayable);
  EXPECT_FALSE(source.traits().keeps_position);
  const auto lane = lane_of(source);
  run(lane->seek(std::nullopt));
  ASSERT_EQ(::write(pipe.writer(), "{\"a\":1}\n{\"a\":", 13), 13);
  const pipeline::ReadBatch first = run(lane->read(limits));
  ASSERT_EQ(first.storage->records.size(), 1U) << "what is whole does not wait for the rest";
  EXPECT_EQ(lane->place_of(*first.storage, first.storage->records[0]), "stdin line 1");
  ASSERT_EQ(::write(pipe.writer(), "2}", 2), 2);
  pipe.close_writer();
  const pipeline::ReadBatch second = run(lane->read(limits));
  EXPECT_EQ(second.storage->records.at(0).original, "{\"a\":2}");
  EXPECT_TRUE(second.end_of_lane);
  EXPECT_TRUE(std::holds_alternative<pipeline::NoMoreLanes>(run(source.next())));
}

TEST(StdinSource, CancelEndsAReadAndLosesNothing) {
  Pipe pipe;
  StdinSource source({codec::find_format("text")}, pipe.reader());
  const auto lane = lane_of(source);
  run(lane->seek(std::nullopt));
  boost::asio::io_context context;
  auto read = boost::asio::co_spawn(context, lane->read(limits), boost::asio::use_future);
  std::thread waiting([&] { context.run(); });
  source.cancel();
  waiting.join();
  const pipeline::ReadBatch batch = read.get();
  EXPECT_FALSE(batch.end_of_lane);
  EXPECT_TRUE(batch.storage->records.empty());
}

TEST(StdinSource, CannotBeReadAgain) {
  Pipe pipe;
  StdinSource source({codec::find_format("text")}, pipe.reader());
  const auto lane = lane_of(source);
  run(lane->seek(std::nullopt));
  ASSERT_EQ(::write(pipe.writer(), "a\n", 2), 2);
  run(lane->read(limits));
  EXPECT_EQ(
      thrown_by([&] { run(lane->seek(std::nullopt)); }),
      "Fatal: cannot read again standard input: it gives its bytes only once; what was read of it and not "
      "written is lost; put it into a file first");
}

TEST(StdinSource, WhatCannotBeReadIsSaidAtOnce) {
  Pipe pipe;
  const int writer = pipe.writer();
  for (const int descriptor : {writer, -1}) {
    StdinSource source({codec::find_format("text")}, descriptor);
    EXPECT_EQ(
        thrown_by([&] { run(source.open({})); }),
        "Fatal: cannot read standard input: it is closed, or open for writing only; give it something to "
        "read (< FILE, or a pipe), or name a file as the source");
  }
}

TEST(StdoutSink, WhatCannotBeWrittenIsSaidAtOnce) {
  Pipe pipe;
  const int reader = pipe.reader();
  for (const int descriptor : {reader, -1}) {
    StdoutSink sink({codec::find_format("text")}, descriptor);
    EXPECT_EQ(
        thrown_by([&] { run(sink.open({})); }),
        "Fatal: cannot write to standard output: it is closed, or open for reading only; send it somewhere "
        "(> FILE, or a pipe), or name a file as the sink");
  }
}

pipeline::WriteRequest request_of(const StdoutSink& sink, const std::vector<std::string>& lines, Acks& acks) {
  pipeline::WriteRequest request;
  request.slices.push_back(slice(lines, sink.traits(), Bytes::encoded));
  request.ack = acks.next();
  return request;
}

TEST(StdoutSink, WritesEverythingThroughASmallPipe) {
  Pipe pipe;
  StdoutSink sink({codec::find_format("ndjson")}, pipe.writer());
  run(sink.open({}));
  std::vector<std::string> lines;
  std::string expected;
  for (int i = 0; i < 20000; ++i) {
    lines.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '0'));
    expected += lines.back() + "\n";
  }
  std::string got;
  std::thread reader([&] {
    std::array<char, 1000> part{};
    for (ssize_t size = 0; (size = ::read(pipe.reader(), part.data(), part.size())) > 0;)
      got.append(part.data(), static_cast<std::size_t>(size));
  });
  Acks acks;
  pipeline::WriteRequest request = request_of(sink, lines, acks);
  run(sink.write(request));
  run(sink.close());
  pipe.close_writer();
  reader.join();
  EXPECT_EQ(got, expected);
  EXPECT_EQ(acks.delivered, 1);
  EXPECT_EQ(::fcntl(pipe.reader(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(StdoutSink, AClosedPipeEndsQuietly) {
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  StdoutSink sink({codec::find_format("ndjson")}, pipe.writer());
  run(sink.open({}));
  pipe.close_reader();
  Acks acks;
  pipeline::WriteRequest request = request_of(sink, {"1"}, acks);
  EXPECT_EQ(thrown_by([&] { run(sink.write(request)); }), "Closed: standard output was closed by its reader");
  EXPECT_EQ(acks.delivered, 0);
  std::signal(SIGPIPE, handler);
}

TEST(StdoutSink, CancelEndsAWriteThatNobodyReads) {
  for (const bool socket : {false, true}) {
    std::array<int, 2> ends{};
    if (socket) {
      ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    } else {
      ASSERT_EQ(::pipe(ends.data()), 0);
    }
    {
      StdoutSink sink({codec::find_format("ndjson")}, ends[1]);
      run(sink.open({}));
      Acks acks;
      pipeline::WriteRequest request =
          request_of(sink, std::vector<std::string>(3000, std::string(999, '1')), acks);
      boost::asio::io_context context;
      auto write = boost::asio::co_spawn(context, sink.write(request), boost::asio::use_future);
      std::thread waiting([&] { context.run(); });
      sink.cancel();
      waiting.join();
      EXPECT_EQ(thrown_by([&] { write.get(); }),
                "Retryable: cannot write to standard output: it was stopped while its reader was waited for");
    }
    ::close(ends[0]);
    ::close(ends[1]);
  }
}

TEST(StdoutSink, AFullDeviceIsRetryable) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  StdoutSink sink({codec::find_format("text")}, full);
  run(sink.open({}));
  Acks acks;
  pipeline::WriteRequest request = request_of(sink, {"1"}, acks);
  EXPECT_EQ(
      thrown_by([&] { run(sink.write(request)); }),
      "Retryable: cannot write to standard output: No space left on device; free some space on this file "
      "system");
  run(sink.close());
  ::close(full);
}

TEST(StdoutSink, AppendsToAFile) {
  const Folder folder;
  const int file = ::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  StdoutSink sink({codec::find_format("ndjson")}, file);
  run(sink.open({}));
  Acks acks;
  for (const char* const line : {"1", "2"}) {
    pipeline::WriteRequest request = request_of(sink, {line}, acks);
    run(sink.write(request));
  }
  run(sink.close());
  ::close(file);
  EXPECT_EQ(folder.read("out"), "1\n2\n");
}

}  // namespace
}  // namespace hiveframe::testing
