#include <algorithm>
#include <utility>

#include "daemon/testing/test_lanes.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/stream_batch.hpp"

namespace hiveframe::daemon {
namespace {

using pipeline::Task;

class TextBytes final : public codec::ByteStream {
 public:
  explicit TextBytes(std::string_view text) : text_(text) {}

  std::size_t read(std::span<char> room) override {
    const std::size_t count = std::min(room.size(), text_.size() - at_);
    std::copy_n(text_.data() + at_, count, room.data());
    at_ += count;
    return count;
  }
  void seek(std::size_t offset) { at_ = std::min(offset, text_.size()); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

class TextLane final : public pipeline::Lane {
 public:
  explicit TextLane(const TestInput& input)
      : input_(input), bytes_(*input.text), reader_(*input.format, {}), positions_(*input.format) {}

  const std::string& id() const noexcept override { return id_; }

  Task<void> seek(std::optional<pipeline::Position> position) override {
    codec::StreamPosition start;
    if (position) start = codec::StreamPosition::parse(*position).value_or(start);
    static_cast<void>(reader_.resume(start));
    bytes_.seek(static_cast<std::size_t>(start.offset));
    co_return;
  }

  Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override {
    reader_.set_limits(pipeline::stream_limits(limits));
    codec::RecordReader::Batch read = reader_.read(bytes_);
    positions_.read_to(read.end);
    pipeline::ReadBatch batch = pipeline::stream_batch(std::move(read), *input_.format, id_);
    add_given(*batch.storage);
    co_return batch;
  }

  pipeline::Position position_of(const record::Storage& storage,
                                 const record::Record& record) const override {
    return positions_.position_of(storage, record);
  }
  std::string place_of(const record::Storage& storage, const record::Record& record) const override {
    return pipeline::place_in_stream(storage, record, *input_.format, id_);
  }

 private:
  void add_given(record::Storage& storage) const {
    if (input_.meta) storage.shared_meta = input_.meta->members();
    if (!input_.key) return;
    const auto envelope = storage.arena.array<record::Envelope>(1);
    envelope[0] = {*input_.key, record::Value(), {}};
    for (record::Record& record : storage.records)
      record.envelope = envelope.data();
  }

  const TestInput& input_;
  const std::string id_ = "input_text";
  TextBytes bytes_;
  codec::RecordReader reader_;
  pipeline::StreamPositions positions_;
};

}  // namespace

std::unique_ptr<pipeline::Lane> text_lane(const TestInput& input) {
  return std::make_unique<TextLane>(input);
}

}  // namespace hiveframe::daemon
