#include <algorithm>
#include <charconv>

#include "daemon/testing/test_lanes.hpp"

namespace hiveframe::daemon {
namespace {

using pipeline::Task;
using record::Value;

class RecordsLane final : public pipeline::Lane {
 public:
  explicit RecordsLane(const TestInput& input) : input_(input) {}

  const std::string& id() const noexcept override { return id_; }

  Task<void> seek(std::optional<pipeline::Position> position) override {
    next_ = 0;
    if (position) std::from_chars(position->data(), position->data() + position->size(), next_);
    co_return;
  }

  Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override {
    pipeline::ReadBatch batch;
    batch.storage = std::make_unique<record::Storage>();
    const std::size_t end = end_of_run(limits.records);
    if (next_ < end) fill(*batch.storage, next_, end);
    next_ = end;
    batch.end = std::to_string(end);
    batch.end_of_lane = end == input_.items.size();
    co_return batch;
  }

  pipeline::Position position_of(const record::Storage&, const record::Record& record) const override {
    return std::to_string(number_of(record));
  }
  std::string place_of(const record::Storage&, const record::Record& record) const override {
    return "input record " + std::to_string(number_of(record) + 1);
  }

 private:
  // All records of a storage have metadata of the same names.
  std::size_t end_of_run(std::size_t most) const {
    std::size_t end = next_;
    while (end < input_.items.size() && end - next_ < most &&
           input_.items[end].names == input_.items[next_].names)
      ++end;
    return end;
  }

  void fill(record::Storage& storage, std::size_t begin, std::size_t end) const {
    std::size_t bytes = 0;
    for (std::size_t i = begin; i < end; ++i)
      bytes += input_.items[i].original.size() + 1;
    storage.format = input_.format->wire;
    storage.meta_names = input_.items[begin].names;
    char* at = storage.add(record::Buffer(bytes)).data();
    for (std::size_t i = begin; i < end; ++i) {
      const TestInput::Item& item = input_.items[i];
      record::Record record;
      record.original = {at, item.original.size()};
      at = std::copy(item.original.begin(), item.original.end(), at);
      *at++ = '\n';
      record.envelope = envelope(storage.arena, item, i);
      if (item.meta) record.meta = values(storage.arena, *item.meta);
      storage.records.push_back(record);
    }
  }

  static const Value* values(record::Arena& arena, const Value& meta) {
    const auto own = arena.array<Value>(meta.members().size());
    for (std::size_t i = 0; i < own.size(); ++i)
      own[i] = meta.members()[i].value;
    return own.data();
  }

  // The number of the record stands in a header, where no expression sees it, and stays with the record when
  // that is copied elsewhere.
  static const record::Envelope* envelope(record::Arena& arena, const TestInput::Item& item, std::size_t i) {
    const auto headers = arena.array<record::Member>(1);
    headers[0] = {"number", Value::int64(static_cast<std::int64_t>(i))};
    const auto envelope = arena.array<record::Envelope>(1);
    envelope[0] = {item.key ? *item.key : Value(), Value(), headers};
    return envelope.data();
  }
  static std::int64_t number_of(const record::Record& record) {
    return record.envelope->headers.front().value.as_int64();
  }

  const TestInput& input_;
  const std::string id_ = "test";
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<pipeline::Lane> records_lane(const TestInput& input) {
  return std::make_unique<RecordsLane>(input);
}

}  // namespace hiveframe::daemon
