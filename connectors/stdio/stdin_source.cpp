#include "connectors/stdio/stdin_source.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"
#include "pipeline/stream_batch.hpp"

namespace hiveframe::connectors::stdio {
namespace {

class InputStream final : public codec::ByteStream {
 public:
  InputStream(int descriptor, const pipeline::Interrupt& interrupt)
      : descriptor_(descriptor), interrupt_(interrupt) {}

  std::size_t read(std::span<char> room) override {
    for (;;) {
      interrupt_.wait_readable(descriptor_);
      const ssize_t got = ::read(descriptor_, room.data(), room.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR && errno != EAGAIN) pipeline::throw_file_error(errno, "read", "standard input");
    }
  }

 private:
  int descriptor_;
  const pipeline::Interrupt& interrupt_;
};

class StdinLane final : public pipeline::Lane {
 public:
  StdinLane(const codec::Format& format, int descriptor, std::shared_ptr<pipeline::Interrupt> interrupt)
      : format_(format),
        interrupt_(std::move(interrupt)),
        stream_(descriptor, *interrupt_),
        positions_(format) {}
  ~StdinLane() override { interrupt_->raise(); }

  [[nodiscard]] const std::string& id() const noexcept override { return id_; }

  pipeline::Task<void> seek(std::optional<pipeline::Position> position) override {
    if (reader_ || position) {
      throw pipeline::Fatal({"read again", "standard input", "it gives its bytes only once",
                             "what was read of it and not written is lost; put it into a file first"});
    }
    co_return;
  }

  pipeline::Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override {
    auto work = [this, limits] { return next_batch(limits); };
    co_return co_await thread_.run(work);
  }

  [[nodiscard]] pipeline::Position position_of(const record::Storage& storage,
                                               const record::Record& record) const override {
    return positions_.position_of(storage, record);
  }

  [[nodiscard]] std::string place_of(const record::Storage& storage,
                                     const record::Record& record) const override {
    return pipeline::place_in_stream(storage, record, format_, id_);
  }

 private:
  pipeline::ReadBatch next_batch(const pipeline::ReadLimits& limits) {
    pipeline::ReadBatch out;
    try {
      const codec::ReadLimits each = pipeline::stream_limits(limits);
      if (!reader_) reader_ = std::make_unique<codec::RecordReader>(format_, each);
      reader_->set_limits(each);
      codec::RecordReader::Batch batch = reader_->read(stream_);
      positions_.read_to(batch.end);
      out = pipeline::stream_batch(std::move(batch), format_, id_);
      end_ = out.end;
    } catch (const pipeline::Interrupted&) {
      out.storage = std::make_unique<record::Storage>();
      out.end = end_;
    }
    return out;
  }

  std::string id_ = "stdin";
  const codec::Format& format_;
  std::shared_ptr<pipeline::Interrupt> interrupt_;
  InputStream stream_;
  std::unique_ptr<codec::RecordReader> reader_;
  pipeline::StreamPositions positions_;
  pipeline::Position end_ = codec::StreamPosition().serialize();
  pipeline::BlockingThread thread_;
};

}  // namespace

StdinSource::StdinSource(SourceSettings settings, int descriptor)
    : settings_(settings), descriptor_(descriptor), interrupt_(std::make_shared<pipeline::Interrupt>()) {}

StdinSource::~StdinSource() { cancel(); }

pipeline::SourceTraits StdinSource::traits() const noexcept {
  return {.replayable = false, .keeps_position = false};
}

pipeline::Task<void> StdinSource::open(pipeline::SourceContext /*context*/) {
  const int flags = ::fcntl(descriptor_, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY) {
    throw pipeline::Fatal({"read", "standard input", "it is closed, or open for writing only",
                           "give it something to read (< FILE, or a pipe), or name a file as the source"});
  }
  co_return;
}

pipeline::Task<pipeline::LaneEvent> StdinSource::next() {
  if (given_) co_return pipeline::LaneEvent(pipeline::NoMoreLanes{});
  given_ = true;
  auto lane = std::make_unique<StdinLane>(*settings_.format, descriptor_, interrupt_);
  co_return pipeline::LaneEvent(pipeline::LaneOpened{std::move(lane)});
}

pipeline::Task<void> StdinSource::close() {
  cancel();
  co_return;
}

void StdinSource::cancel() noexcept { interrupt_->raise(); }

}  // namespace hiveframe::connectors::stdio
