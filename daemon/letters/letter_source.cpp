#include "daemon/letters/letter_source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/letters/letter.hpp"
#include "daemon/letters/letter_lines.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::daemon {
namespace {

using pipeline::Fatal;
using record::Value;

constexpr std::array<std::string_view, 2> meta_names{"letter_source", "letter_position"};
constexpr const char* lane_id = "dead letters";

/// A position in the file, with the turn that it belongs to: another one begins anew.
std::string position_text(const std::string& turn, std::uint64_t offset) {
  return std::to_string(offset) + " of " + turn;
}

std::optional<std::uint64_t> parse_position(std::string_view text, const std::string& turn) {
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error != std::errc() || text.substr(static_cast<std::size_t>(end - text.data())) != " of " + turn)
    return std::nullopt;
  return offset;
}

class LetterLane final : public pipeline::Lane {
 public:
  LetterLane(const codec::Format& format, std::string path, std::string turn, std::uint64_t size)
      : format_(format),
        path_(std::move(path)),
        turn_(std::move(turn)),
        size_(size),
        file_(path_, O_RDONLY, "read the dead letters in") {}

  [[nodiscard]] const std::string& id() const noexcept override { return id_; }

  pipeline::Task<void> seek(std::optional<pipeline::Position> position) override {
    offset_ = position ? parse_position(*position, turn_).value_or(0) : 0;
    lines_.emplace(file_, path_, offset_);
    co_return;
  }

  pipeline::Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override {
    auto work = [this, limits] { return next_batch(limits); };
    co_return co_await thread_.run(work);
  }

  [[nodiscard]] pipeline::Position position_of(const record::Storage& storage,
                                               const record::Record& record) const override {
    return position_text(turn_, static_cast<std::uint64_t>(storage.meta(record, meta_names[1])->as_int64()));
  }
  [[nodiscard]] std::string place_of(const record::Storage& storage,
                                     const record::Record& record) const override {
    return std::string(storage.meta(record, meta_names[0])->text());
  }

 private:
  struct Found {
    Letter letter;
    std::uint64_t offset;
  };

  pipeline::ReadBatch next_batch(const pipeline::ReadLimits& limits) {
    std::vector<Found> found;
    std::size_t bytes = 0;
    std::string_view line;
    while (found.size() < limits.records && (found.empty() || bytes < limits.bytes)) {
      const std::uint64_t begin = lines_->offset();
      if (!lines_->next(line)) break;
      std::optional<Letter> letter = parse_letter(line);
      if (!letter || !letter->whole) {
        throw Fatal({"replay the dead letters in", path_,
                     "at byte " + std::to_string(begin) + " stands no whole letter",
                     "leave the file alone while it is replayed"});
      }
      bytes += letter->original.size();
      found.push_back({std::move(*letter), begin});
    }
    pipeline::ReadBatch batch;
    batch.storage = storage_of(found, bytes);
    offset_ = lines_->offset();
    batch.end = position_text(turn_, offset_);
    batch.end_of_lane = offset_ >= size_;
    return batch;
  }

  [[nodiscard]] std::unique_ptr<record::Storage> storage_of(const std::vector<Found>& found,
                                                            std::size_t bytes) const {
    auto storage = std::make_unique<record::Storage>();
    storage->format = format_.wire;
    storage->meta_names = meta_names;
    storage->read_at = std::chrono::system_clock::now();
    char* to = storage->add(record::Buffer(bytes)).data();
    for (const Found& each : found) {
      const std::string& original = each.letter.original;
      const auto meta = storage->arena.array<Value>(meta_names.size());
      meta[0] = Value::string(storage->arena.copy(each.letter.source));
      meta[1] = Value::int64(static_cast<std::int64_t>(each.offset));
      record::Record record;
      record.original = std::string_view(to, original.size());
      to = std::copy(original.begin(), original.end(), to);
      record.meta = meta.data();
      storage->records.push_back(record);
    }
    return storage;
  }

  const std::string id_ = lane_id;
  const codec::Format& format_;
  const std::string path_;
  const std::string turn_;
  const std::uint64_t size_;
  OpenFile file_;
  std::optional<LetterLines> lines_;
  std::uint64_t offset_ = 0;
  pipeline::BlockingThread thread_;
};

}  // namespace

/// Waits on a thread of its own for being cancelled.
class LetterSource::Waiting {
 public:
  pipeline::Task<void> until(const pipeline::Interrupt& interrupt) {
    auto wait = [&interrupt] {
      try {
        interrupt.sleep_until(std::chrono::steady_clock::time_point::max());
      } catch (const pipeline::Interrupted&) {
      }
    };
    co_await thread_.run(wait);
  }

 private:
  pipeline::BlockingThread thread_;
};

LetterSource::LetterSource(std::unique_ptr<pipeline::Source> own, Settings settings)
    : own_(std::move(own)), settings_(std::move(settings)), waiting_(std::make_unique<Waiting>()) {}

LetterSource::~LetterSource() { cancel(); }

pipeline::SourceTraits LetterSource::traits() const noexcept {
  return {.replayable = true, .keeps_position = true};
}

pipeline::Task<void> LetterSource::open(pipeline::SourceContext context) {
  co_await own_->open(std::move(context));
  if (own_->format() == nullptr) {
    throw Fatal({"replay the dead letters of", own_->identity(),
                 "its records come without bytes that could be kept", "discard them"});
  }
  if (own_->format()->wire == "csv") {
    throw Fatal({"replay the dead letters of", own_->identity(),
                 "a letter holds a row of csv, and not the header that names its columns",
                 "mend them in a file of rows with their header, and run a pipeline on that"});
  }
  size_ = std::filesystem::file_size(settings_.file);
}

pipeline::Task<pipeline::LaneEvent> LetterSource::next() {
  if (!given_) {
    given_ = true;
    auto lane = std::make_unique<LetterLane>(*own_->format(), settings_.file, settings_.turn, size_);
    co_return pipeline::LaneEvent(pipeline::LaneOpened{std::move(lane)});
  }
  if (!settings_.ends) co_await waiting_->until(interrupt_);
  co_return pipeline::LaneEvent(pipeline::NoMoreLanes{});
}

pipeline::Task<void> LetterSource::commit(std::vector<pipeline::LanePosition> positions) {
  for (const pipeline::LanePosition& each : positions) {
    const std::optional<std::uint64_t> offset = parse_position(each.position, settings_.turn);
    if (offset) settings_.replayed(*offset, *offset >= size_);
  }
  co_return;
}

pipeline::Task<void> LetterSource::close() { return own_->close(); }

void LetterSource::cancel() noexcept {
  interrupt_.raise();
  own_->cancel();
}

}  // namespace hiveframe::daemon
