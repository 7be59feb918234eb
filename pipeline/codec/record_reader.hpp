#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/byte_digest.hpp"
#include "pipeline/codec/byte_stream.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/record/storage.hpp"

namespace hiveframe::codec {

/// How much one read may bring, and how long a record may be.
struct ReadLimits {
  std::size_t bytes = 256 * 1024;  ///< of source bytes; a single longer record is still read whole
  std::size_t records = 65536;
  std::size_t max_record_bytes = 16 * 1024 * 1024;
  /// Bytes that may be held of a record that is not whole yet; at least twice `bytes`.
  std::size_t held = SIZE_MAX;
  /// What `max_record_bytes` is, for people; it outlives the reader.
  std::string_view longest = "max_record_bytes";
};

/// Where a stream of records goes on: a byte offset (of the decompressed stream), and the framer's state.
struct StreamPosition {
  std::uint64_t offset = 0;
  std::string framer;  ///< Framer::save(); empty at the start

  [[nodiscard]] std::string serialize() const;
  static std::optional<StreamPosition> parse(std::string_view bytes);
  bool operator==(const StreamPosition&) const = default;
};

/// Something in the stream that is no record: too long, or not of the format. The reader goes on after it.
struct Refusal {
  record::DataError error;
  StreamPosition position;   ///< reading from there begins with it
  std::uint64_t line = 0;    ///< its line, from 1
  std::uint64_t length = 0;  ///< bytes
  std::string head;          ///< its first 64 KiB
  std::string sha256;        ///< hex, of all its bytes
  std::size_t before = 0;    ///< it stands before this record of the batch
};

/// Reads batches of undecoded records from a stream: fills buffers, cuts them into records, skips what
/// is too long while streaming, and knows the position after each batch. Used by sources on the thread
/// that may block. One thread at a time.
class RecordReader {
 public:
  /// Names of the metadata that each record gets: `offset` (of its first byte) and `line` (from 1).
  static std::span<const std::string_view> meta_names();

  /// `format` must outlive the reader (those of the registry do).
  RecordReader(const Format& format, ReadLimits limits);

  /// For the reads that follow.
  void set_limits(ReadLimits limits) noexcept;

  /// Forgets everything and continues at `position`: the stream given to read() begins there.
  /// False: the position is not of this format; the reader is unchanged.
  [[nodiscard]] bool resume(const StreamPosition& position);

  struct Batch {
    /// Undecoded records with `original` and metadata, which may be derived. When it was read is not said.
    std::unique_ptr<record::Storage> storage;
    std::vector<Refusal> refused;
    StreamPosition end;   ///< after the last record or refusal of this batch
    bool at_end = false;  ///< the stream holds nothing more
    /// Not 0: nothing came, because a record goes on beyond ReadLimits::held, which must be so many bytes for
    /// reading to go on.
    std::size_t wants = 0;
  };

  /// The next batch: returns as soon as there is at least one record or refusal, or the end. Bytes of
  /// an unfinished record are kept for the next call. When `stream` throws, every complete record has
  /// been returned by earlier calls, nothing that was read is lost, and read() may be called again.
  Batch read(ByteStream& stream);

  /// The position of a record that this reader gave: reading from there begins with it.
  [[nodiscard]] StreamPosition position_of(const record::Storage& storage,
                                           const record::Record& record) const;

 private:
  void scan(Batch& batch);
  [[nodiscard]] bool unfinished_is_too_long() const noexcept;
  void take(std::size_t consumed, Batch& batch);
  std::string_view hand_over(std::size_t used, record::Storage& storage);
  void add_records(std::string_view bytes, Batch& batch);
  [[nodiscard]] bool are_plain_lines() const noexcept;
  void add_lines(std::string_view bytes, record::Storage& storage);
  void refuse(std::string_view bytes, const Frame& frame, Batch& batch);
  [[nodiscard]] record::DataError too_long(std::uint64_t length) const;
  void skip_oversize(Batch& batch);
  void fill(ByteStream& stream);
  [[nodiscard]] std::size_t capacity_for_more() const noexcept;
  void make_room();
  [[nodiscard]] std::string_view window() const noexcept { return {window_.data() + begin_, end_ - begin_}; }

  /// A record that is too long, while it is being skipped.
  struct Oversize {
    ByteDigest digest;
    StreamPosition position;
    std::uint64_t line = 0;
  };

  const Format& format_;
  ReadLimits limits_;
  std::unique_ptr<Framer> framer_;
  std::vector<Frame> frames_;
  record::Buffer window_;
  std::size_t begin_ = 0;  // of the bytes in window_ that no batch has had yet
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;  // in the stream, of begin_
  bool read_all_ = false;     // the stream has ended
  std::unique_ptr<Oversize> oversize_;
};

}  // namespace hiveframe::codec
