#include "pipeline/codec/record_reader.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <functional>

namespace hiveframe::codec {
namespace {

using record::Buffer;
using record::DataError;
using record::Record;
using record::Storage;
using record::Value;

constexpr std::array<std::string_view, 2> names = {"offset", "line"};
constexpr std::size_t smallest_window = 4096;
// A record may be followed by an end of line, and a framer may want to see one byte more.
constexpr std::size_t delimiter_room = 64;
constexpr std::size_t most_space = 64 * 1024;
constexpr std::string_view space = " \t\r\n";

/// `names` of records that stand in Storage::lines.
class PlacesOfLines {
 public:
  PlacesOfLines(std::uint64_t offset, std::uint64_t line) noexcept : offset_(offset), line_(line) {}

  [[nodiscard]] Value operator()(const Storage& storage, const Record& record, std::size_t name) const {
    const char* const begin = record.original.data();
    if (name == 0) return Value::uint64(offset_ + static_cast<std::uint64_t>(begin - storage.lines.data()));
    const auto at = std::lower_bound(storage.records.begin(), storage.records.end(), begin,
                                     [](const Record& each, const char* wanted) {
                                       return std::less<const char*>()(each.original.data(), wanted);
                                     });
    return Value::uint64(line_ + static_cast<std::uint64_t>(at - storage.records.begin()));
  }

 private:
  std::uint64_t offset_;  // of the first
  std::uint64_t line_;
};

}  // namespace

std::string StreamPosition::serialize() const { return fmt::format("{}/{}", offset, framer); }

std::optional<StreamPosition> StreamPosition::parse(std::string_view bytes) {
  StreamPosition position;
  const char* const end = bytes.data() + bytes.size();
  const auto read = std::from_chars(bytes.data(), end, position.offset);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != '/') return std::nullopt;
  position.framer.assign(read.ptr + 1, end);
  return position;
}

std::span<const std::string_view> RecordReader::meta_names() { return names; }

RecordReader::RecordReader(const Format& format, ReadLimits limits)
    : format_(format), framer_(format.framer()) {
  set_limits(limits);
}

void RecordReader::set_limits(ReadLimits limits) noexcept {
  limits_ = limits;
  limits_.bytes = std::max(limits_.bytes, smallest_window);
  limits_.records = std::max<std::size_t>(limits_.records, 1);
  limits_.held = std::max(limits_.held, 2 * limits_.bytes);
}

bool RecordReader::resume(const StreamPosition& position) {
  std::unique_ptr<Framer> framer = format_.framer();
  if (!framer->restore(position.framer)) return false;
  framer_ = std::move(framer);
  begin_ = end_ = 0;
  offset_ = position.offset;
  read_all_ = false;
  oversize_.reset();
  return true;
}

RecordReader::Batch RecordReader::read(ByteStream& stream) {
  Batch batch;
  batch.storage = std::make_unique<Storage>();
  batch.storage->format = format_.wire;
  batch.storage->meta_names = names;
  for (;;) {
    if (oversize_) {
      skip_oversize(batch);
    } else if (begin_ < end_ || read_all_) {
      scan(batch);
    }
    if (batch.at_end || !batch.storage->records.empty() || !batch.refused.empty()) break;
    if (const std::size_t wanted = capacity_for_more(); wanted > limits_.held) {
      batch.wants = wanted;
      break;
    }
    fill(stream);
  }
  batch.storage->columns = framer_->columns();
  batch.storage->schema = batch.storage->columns;
  batch.end = {offset_, framer_->save()};
  return batch;
}

StreamPosition RecordReader::position_of(const Storage& storage, const Record& record) const {
  const std::optional<Value> offset = storage.meta(record, names[0]);
  const std::optional<Value> line = storage.meta(record, names[1]);
  assert(offset && line);
  return {offset->as_uint64(), framer_->save_before({.line = line->as_uint64() - 1})};
}

/// Cuts the window into records. Begins to skip the one at its front if that is too long.
void RecordReader::scan(Batch& batch) {
  frames_.clear();
  const std::size_t consumed = framer_->scan(window(), read_all_, limits_.records, frames_);
  if (read_all_ && frames_.size() < limits_.records) batch.at_end = true;
  take(consumed, batch);
  if (batch.at_end || !frames_.empty() || !unfinished_is_too_long()) return;
  oversize_ = std::make_unique<Oversize>();
  oversize_->position = {offset_, framer_->save()};
  oversize_->line = framer_->lines() + 1;
  skip_oversize(batch);
}

/// Whether the record at the window's front is too long already. Space at the window's end may stand behind
/// it, and is not counted unless it is very long.
bool RecordReader::unfinished_is_too_long() const noexcept {
  const std::size_t allowed = limits_.max_record_bytes + delimiter_room;
  std::size_t length = end_ - begin_;
  if (length <= allowed) return false;
  const std::size_t least = length - std::min(length, most_space);
  const char* const bytes = window_.data() + begin_;
  while (length > least && space.find(bytes[length - 1]) != std::string_view::npos)
    --length;
  return length > allowed;
}

/// Moves the first `consumed` bytes of the window, and the frames in them, to the batch.
void RecordReader::take(std::size_t consumed, Batch& batch) {
  if (!frames_.empty()) {
    add_records(hand_over(consumed, *batch.storage), batch);
  } else {
    begin_ += consumed;
  }
  offset_ += consumed;
}

/// Gives the batch the buffer with its bytes, or a copy of them if they are the smaller part of it.
std::string_view RecordReader::hand_over(std::size_t used, Storage& storage) {
  const std::size_t tail = end_ - begin_ - used;
  const bool grown = window_.capacity() > 2 * limits_.bytes;
  if (used < window_.capacity() / 2 && !grown) {
    Buffer& copy = storage.add(Buffer(used));
    std::memcpy(copy.data(), window_.data() + begin_, used);
    begin_ += used;
    return {copy.data(), used};
  }
  Buffer next(tail <= limits_.bytes / 2 ? limits_.bytes : tail + limits_.bytes);
  std::memcpy(next.data(), window_.data() + begin_ + used, tail);
  std::swap(next, window_);
  const std::size_t begin = begin_;
  begin_ = 0;
  end_ = tail;
  return {storage.add(std::move(next)).data() + begin, used};
}

void RecordReader::add_records(std::string_view bytes, Batch& batch) {
  Storage& storage = *batch.storage;
  storage.records.reserve(frames_.size());
  if (format_.line_by_line && are_plain_lines()) {
    add_lines(bytes, storage);
    return;
  }
  const auto meta = storage.arena.array<Value>(frames_.size() * names.size());
  Value* next = meta.data();
  for (const Frame& frame : frames_) {
    if (frame.problem != nullptr || frame.end - frame.begin > limits_.max_record_bytes) {
      refuse(bytes.substr(frame.begin, frame.end - frame.begin), frame, batch);
      continue;
    }
    Record& record = storage.records.emplace_back();
    record.original = bytes.substr(frame.begin, frame.end - frame.begin);
    record.one_line = format_.line_by_line;
    record.meta = next;
    *next++ = Value::uint64(offset_ + frame.begin);
    *next++ = Value::uint64(frame.line + 1);
  }
}

/// Whether the frames are records one and all, with one end of line between neighbours and nothing else.
bool RecordReader::are_plain_lines() const noexcept {
  std::size_t sizes = 0;
  std::size_t longest = 0;
  for (const Frame& frame : frames_) {
    if (frame.problem != nullptr) return false;
    sizes += frame.end - frame.begin;
    longest = std::max(longest, frame.end - frame.begin);
  }
  // As long as all of them with one byte between neighbours, so that is what stands there.
  return longest <= limits_.max_record_bytes &&
         frames_.back().end - frames_.front().begin == sizes + frames_.size() - 1;
}

/// Most streams are such lines: nothing is written down about each that `lines` tells of all.
void RecordReader::add_lines(std::string_view bytes, Storage& storage) {
  const Frame& first = frames_.front();
  storage.lines = {bytes.data() + first.begin, frames_.back().end - first.begin};
  storage.derived_meta = PlacesOfLines(offset_ + first.begin, first.line + 1);
  for (const Frame& frame : frames_) {
    Record& record = storage.records.emplace_back();
    record.original = {bytes.data() + frame.begin, frame.end - frame.begin};
    record.one_line = true;
  }
}

void RecordReader::refuse(std::string_view bytes, const Frame& frame, Batch& batch) {
  ByteDigest digest;
  digest.add(bytes);
  Refusal refusal;
  refusal.error = bytes.size() > limits_.max_record_bytes ? too_long(bytes.size())
                                                          : DataError{DataError::Type::syntax, frame.problem};
  refusal.position = {offset_ + frame.begin, framer_->save_before(frame)};
  refusal.line = frame.line + 1;
  refusal.length = bytes.size();
  refusal.head = digest.take_head();
  refusal.sha256 = digest.sha256();
  refusal.before = batch.storage->records.size();
  batch.refused.push_back(std::move(refusal));
}

DataError RecordReader::too_long(std::uint64_t length) const {
  return {DataError::Type::length, fmt::format("the record is {} bytes long, more than the {} of {}", length,
                                               limits_.max_record_bytes, limits_.longest)};
}

void RecordReader::skip_oversize(Batch& batch) {
  const Framer::Skipped skipped = framer_->skip(window(), read_all_);
  oversize_->digest.add(window().substr(0, skipped.record));
  begin_ += skipped.consumed;
  offset_ += skipped.consumed;
  // The window may have grown for it, and what follows is of the usual size.
  if (begin_ == end_ && window_.capacity() > 2 * limits_.bytes) {
    window_ = Buffer();
    begin_ = end_ = 0;
  }
  if (!skipped.finished) return;
  Refusal refusal;
  refusal.position = std::move(oversize_->position);
  refusal.line = oversize_->line;
  refusal.length = oversize_->digest.length();
  refusal.error = too_long(refusal.length);
  refusal.head = oversize_->digest.take_head();
  refusal.sha256 = oversize_->digest.sha256();
  batch.refused.push_back(std::move(refusal));
  oversize_.reset();
}

void RecordReader::fill(ByteStream& stream) {
  make_room();
  const std::size_t room = std::min(window_.capacity() - end_, limits_.bytes);
  const std::size_t got = stream.read({window_.data() + end_, room});
  end_ += got;
  if (got == 0) read_all_ = true;
}

/// What the window must hold to read on: its capacity, unless it is full and has to grow.
std::size_t RecordReader::capacity_for_more() const noexcept {
  const bool must_grow = begin_ <= window_.capacity() / 2 && end_ == window_.capacity() && begin_ != end_;
  return must_grow ? window_.capacity() + limits_.bytes : window_.capacity();
}

/// Room for reading behind the window's bytes: by moving them to the front, else by growing. It grows by
/// little, because what was declared or guessed about a record's length says nothing of its real one.
void RecordReader::make_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (window_.capacity() - end_ > window_.capacity() / 4) return;
  if (begin_ > window_.capacity() / 2) {
    std::memmove(window_.data(), window_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  } else if (end_ == window_.capacity()) {
    window_.grow(window_.capacity() + limits_.bytes);
  }
}

}  // namespace hiveframe::codec
