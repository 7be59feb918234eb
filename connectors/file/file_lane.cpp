#include "connectors/file/file_lane.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "connectors/file/detect_format.hpp"
#include "connectors/file/unpack.hpp"
#include "pipeline/errors.hpp"
#include "pipeline/stream_batch.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;

constexpr std::size_t skipped_at_once = 128 * 1024;

}  // namespace

FileLane::FileLane(const std::string& path, const codec::Format& format,
                   std::optional<Compression> compression, std::shared_ptr<OpenFiles> files)
    : path_(path), format_(format), files_(std::move(files)), positions_(format) {
  try {
    file_ = std::make_unique<FileStream>(path_, files_->interrupt());
    compression_ = compression ? *compression : compression_of(*file_);
    if (!file_->is_fifo()) identity_.emplace(*file_);
    size_ = static_cast<std::uint64_t>(file_->status().st_size);
    end_ = file_->end();
    thread_ = std::make_unique<pipeline::BlockingThread>();
  } catch (...) {
    files_->closed();
    throw;
  }
}

FileLane::~FileLane() { let_go(); }

std::string FileLane::identity() const { return identity_ ? identity_->text() : std::string(); }

bool FileLane::is_same(std::string_view stored_identity) const {
  return identity_ ? identity_->is_same(stored_identity) : stored_identity.empty();
}

std::optional<std::uint64_t> FileLane::expected_bytes() const {
  if (!identity_ || compression_ != Compression::none) return std::nullopt;
  return size_;
}

pipeline::Task<void> FileLane::seek(std::optional<pipeline::Position> position) {
  codec::StreamPosition to;
  if (position) {
    const std::optional<codec::StreamPosition> parsed = codec::StreamPosition::parse(*position);
    if (!parsed) {
      throw Fatal(
          {"go on reading", path_, "the stored position is not one of a file", "run with --from-start"});
    }
    to = *parsed;
  }
  if (!thread_) thread_ = std::make_unique<pipeline::BlockingThread>();
  auto work = [this, &to] { go_to(to); };
  co_await thread_->run(work);
}

void FileLane::open_again() {
  auto file = std::make_unique<FileStream>(path_, files_->interrupt());
  if (!FileIdentity(*file).is_same(identity_->text())) {
    throw Fatal({"read again", path_, "another file stands there now",
                 "put the one back that was being read, or run with --from-start"});
  }
  file_ = std::move(file);
  file_->end_at(end_);
}

void FileLane::go_to(const codec::StreamPosition& position) {
  if (!identity_) {
    if (!started_ && position.offset == 0) return;
    throw Fatal({"read again", path_, "a FIFO gives its bytes only once",
                 "what was read of it and not written is lost; write it to a file first"});
  }
  if (!file_) open_again();
  reader_.reset();
  start_ = position;
  file_->seek(0);
  content_.reset();
  to_skip_ = compression_ == Compression::none ? 0 : position.offset;
  if (compression_ == Compression::none) {
    const auto size = static_cast<std::uint64_t>(file_->status().st_size);
    if (position.offset > size) {
      throw Fatal({"go on reading", path_ + " at byte " + std::to_string(position.offset),
                   "the file has only " + std::to_string(size) + " bytes now",
                   "put the longer one back, or run with --from-start"});
    }
    file_->seek(position.offset);
  }
}

/// In a packed file, to where the reader starts.
void FileLane::skip() {
  std::vector<char> skipped(skipped_at_once);
  while (to_skip_ > 0 && !files_->cancelled()) {
    const auto room = std::min<std::uint64_t>(skipped.size(), to_skip_);
    const std::size_t got = content_->read({skipped.data(), static_cast<std::size_t>(room)});
    if (got == 0) {
      throw Fatal({"go on reading", path_ + " at byte " + std::to_string(start_.offset) + " of its content",
                   "it holds only " + std::to_string(start_.offset - to_skip_) + " bytes now",
                   "put the longer one back, or run with --from-start"});
    }
    to_skip_ -= got;
  }
}

pipeline::Task<pipeline::ReadBatch> FileLane::read(pipeline::ReadLimits limits) {
  auto work = [this, &limits] { return next_batch(limits); };
  pipeline::ReadBatch batch = co_await thread_->run(work);
  if (batch.end_of_lane) let_go();
  co_return batch;
}

pipeline::ReadBatch FileLane::next_batch(const pipeline::ReadLimits& all_limits) {
  const codec::ReadLimits limits = pipeline::stream_limits(all_limits);
  pipeline::ReadBatch out;
  out.storage = std::make_unique<record::Storage>();
  if (!reader_) {
    reader_ = std::make_unique<codec::RecordReader>(format_, limits);
    if (!reader_->resume(start_)) {
      throw Fatal({"go on reading", path_, "the stored position was made for another format",
                   "set 'format' back to what it was, or run with --from-start"});
    }
    out.end = start_.serialize();
  }
  started_ = true;
  if (!content_) content_ = unpack(compression_, *file_, all_limits.memory_limit);
  if (to_skip_ > 0) skip();
  if (files_->cancelled()) return out;
  try {
    reader_->set_limits(limits);
    finish_batch(reader_->read(*content_), out);
  } catch (const pipeline::Interrupted&) {
    // An empty batch without an end, as asked for.
  }
  return out;
}

void FileLane::finish_batch(codec::RecordReader::Batch batch, pipeline::ReadBatch& out) {
  positions_.read_to(batch.end);
  for (codec::Refusal& each : batch.refused)
    codec::add_advice(format_, each.error);
  out = pipeline::stream_batch(std::move(batch), format_, path_);
  record::Arena& arena = out.storage->arena;
  const auto shared = arena.array<record::Member>(1);
  shared[0] = {"path", record::Value::string(arena.copy(path_))};
  out.storage->shared_meta = shared;
}

void FileLane::let_go() noexcept {
  thread_.reset();
  reader_.reset();
  content_.reset();
  file_.reset();
  if (counted_) files_->closed();
  counted_ = false;
}

pipeline::Position FileLane::position_of(const record::Storage& storage, const record::Record& record) const {
  return positions_.position_of(storage, record);
}

std::string FileLane::place_of(const record::Storage& storage, const record::Record& record) const {
  return pipeline::place_in_stream(storage, record, format_, path_);
}

}  // namespace hiveframe::connectors::file
