#include "daemon/testing/captured_records.hpp"

#include <utility>

#include "pipeline/record/deep_copy.hpp"

namespace hiveframe::daemon {
namespace {

using pipeline::Task;

// What both have in common: they take everything at once.
class StandIn : public pipeline::Sink {
 public:
  Task<void> open(pipeline::SinkContext) override { co_return; }
  Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    for (const record::Slice& slice : request.slices)
      take(slice);
    request.ack.delivered();
    co_return std::vector<pipeline::Rejection>{};
  }
  Task<void> flush() override { co_return; }
  Task<void> close() override { co_return; }
  void cancel() noexcept override {}

 private:
  virtual void take(const record::Slice& slice) = 0;
};

class CapturingSink final : public StandIn {
 public:
  explicit CapturingSink(std::shared_ptr<CapturedRecords> captured) : captured_(std::move(captured)) {}
  pipeline::SinkTraits traits() const override { return {}; }

 private:
  void take(const record::Slice& slice) override { captured_->take(slice); }

  std::shared_ptr<CapturedRecords> captured_;
};

class TryingSink final : public StandIn {
 public:
  explicit TryingSink(std::unique_ptr<pipeline::Sink> model) : model_(std::move(model)) {}
  pipeline::SinkTraits traits() const override {
    pipeline::SinkTraits traits = model_->traits();
    traits.concurrency = 1;
    return traits;
  }

 private:
  void take(const record::Slice&) override {}

  std::unique_ptr<pipeline::Sink> model_;
};

}  // namespace

void CapturedRecords::take(const record::Slice& slice) {
  const record::Storage& storage = slice.storage();
  for (std::size_t i = 0; i < slice.size(); ++i) {
    const record::Record& record = slice[i];
    CapturedRecord captured;
    captured.value = deep_copy(record.value, arena_);
    if (record.envelope) captured.key = deep_copy(record.envelope->key, arena_);
    captured.meta = deep_copy(storage.meta_object(record, arena_), arena_);
    captured.read_at = storage.read_at;
    records_.push_back(captured);
  }
}

std::unique_ptr<pipeline::Sink> capturing_sink(std::shared_ptr<CapturedRecords> captured) {
  return std::make_unique<CapturingSink>(std::move(captured));
}

std::unique_ptr<pipeline::Sink> trying_sink(std::unique_ptr<pipeline::Sink> model) {
  return std::make_unique<TryingSink>(std::move(model));
}

}  // namespace hiveframe::daemon
