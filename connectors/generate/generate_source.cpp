#include "connectors/generate/generate_source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "connectors/generate/pace.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::generate {

namespace {

using pipeline::Fatal;
using record::Value;

// With a rate, records that are due within this time come together.
constexpr std::chrono::milliseconds gathered_for{10};

class GenerateLane final : public pipeline::Lane {
 public:
  GenerateLane(std::shared_ptr<const Settings> settings, Clocks clocks,
               std::shared_ptr<pipeline::Interrupt> interrupt)
      : settings_(std::move(settings)),
        clocks_(std::move(clocks)),
        interrupt_(std::move(interrupt)),
        pace_(settings_->rate, clocks_.steady()),
        count_(settings_->count ? static_cast<std::uint64_t>(*settings_->count) : UINT64_MAX) {}
  ~GenerateLane() override { interrupt_->raise(); }

  [[nodiscard]] const std::string& id() const noexcept override { return id_; }

  pipeline::Task<void> seek(std::optional<pipeline::Position> position) override {
    next_ = 0;
    if (!position) co_return;
    const char* const end = position->data() + position->size();
    const auto [read, error] = std::from_chars(position->data(), end, next_);
    if (error != std::errc() || read != end) {
      throw Fatal(
          {"go on", "generating", "the stored position is not one of generate", "run with --from-start"});
    }
  }

  pipeline::Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override {
    auto work = [this, limits] { return next_batch(limits); };
    co_return co_await thread_.run(work);
  }

  [[nodiscard]] pipeline::Position position_of(const record::Storage& storage,
                                               const record::Record& record) const override {
    return std::to_string(sequence_of(storage, record));
  }
  [[nodiscard]] std::string place_of(const record::Storage& storage,
                                     const record::Record& record) const override {
    return place(sequence_of(storage, record));
  }

 private:
  static std::uint64_t sequence_of(const record::Storage& storage, const record::Record& record) {
    return static_cast<std::uint64_t>(storage.meta(record, meta_names[0])->as_int64());
  }
  static std::string place(std::uint64_t sequence) { return "generate record " + std::to_string(sequence); }

  pipeline::ReadBatch next_batch(const pipeline::ReadLimits& limits) {
    pipeline::ReadBatch out;
    out.storage = std::make_unique<record::Storage>();
    const std::uint64_t left = count_ > next_ ? count_ - next_ : 0;
    const std::uint64_t due =
        interrupt_->raised() ? 0 : wait_for(std::min<std::uint64_t>(left, limits.records));
    if (due > 0) make(due, limits.bytes, out);
    out.end = std::to_string(next_);
    out.end_of_lane = next_ >= count_;
    return out;
  }

  /// How many are due, once there are any; 0 if stopped.
  std::uint64_t wait_for(std::uint64_t at_most) {
    if (at_most == 0) return 0;
    for (;;) {
      const Pace::Clock::time_point now = clocks_.steady();
      if (const std::uint64_t due = pace_.take(now, at_most)) return due;
      try {
        interrupt_->sleep_until(std::max(pace_.next(), now + gathered_for));
      } catch (const pipeline::Interrupted&) {
        return 0;
      }
    }
  }

  void make(std::uint64_t due, std::size_t bytes, pipeline::ReadBatch& out) {
    record::Storage& storage = *out.storage;
    storage.meta_names = meta_names;
    storage.read_at = clocks_.system();
    std::uint64_t made = 0;
    for (; made < due && (made == 0 || storage.footprint() < bytes); ++made, ++next_) {
      const auto meta = storage.arena.array<Value>(meta_names.size());
      meta[0] = Value::uint64(next_);
      const std::uint64_t seed = record_seed(settings_->seed, next_);
      meta[1] = Value::uint64(seed);
      record::Record record;
      record.meta = meta.data();
      record::Draft draft(storage, record, storage.arena);
      expr::Failure failure;
      Value value;
      // uuid(), too, is the same for the same seed.
      const expr::Inputs inputs{.random = expr::RandomBits(seed)};
      if (settings_->record_template->make(draft, inputs, value, failure)) {
        record.value = value;
        record.tree = true;
        storage.records.push_back(record);
      } else {
        refuse(std::move(failure), out);
      }
    }
    pace_.give_back(due - made);
  }

  void refuse(expr::Failure failure, pipeline::ReadBatch& out) const {
    pipeline::RefusedRecord refused;
    refused.error = {record::DataError::Type::expression, std::move(failure.message)};
    refused.place = place(next_);
    refused.position = std::to_string(next_);
    refused.before = out.storage->records.size();
    out.refused.push_back(std::move(refused));
  }

  std::string id_ = "generate";
  std::shared_ptr<const Settings> settings_;
  Clocks clocks_;
  std::shared_ptr<pipeline::Interrupt> interrupt_;
  Pace pace_;
  std::uint64_t count_;
  std::uint64_t next_ = 0;
  pipeline::BlockingThread thread_;
};

}  // namespace

std::uint64_t record_seed(std::uint64_t seed, std::uint64_t sequence) noexcept {
  std::uint64_t z = seed + (sequence + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (z ^ (z >> 31)) >> 1;
}

GenerateSource::GenerateSource(std::shared_ptr<const Settings> settings, Clocks clocks)
    : settings_(std::move(settings)),
      clocks_(std::move(clocks)),
      interrupt_(std::make_shared<pipeline::Interrupt>()) {}

GenerateSource::~GenerateSource() { cancel(); }

pipeline::SourceTraits GenerateSource::traits() const noexcept {
  return {.replayable = true, .keeps_position = settings_->count.has_value()};
}

std::string GenerateSource::identity() const {
  return "generate with seed " + std::to_string(settings_->seed);
}

pipeline::Task<void> GenerateSource::open(pipeline::SourceContext /*context*/) { co_return; }

pipeline::Task<pipeline::LaneEvent> GenerateSource::next() {
  if (given_) co_return pipeline::LaneEvent(pipeline::NoMoreLanes{});
  given_ = true;
  auto lane = std::make_unique<GenerateLane>(settings_, clocks_, interrupt_);
  co_return pipeline::LaneEvent(pipeline::LaneOpened{std::move(lane)});
}

pipeline::Task<void> GenerateSource::close() {
  cancel();
  co_return;
}

void GenerateSource::cancel() noexcept { interrupt_->raise(); }

}  // namespace hiveframe::connectors::generate
