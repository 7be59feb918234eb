#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace hiveframe::connectors::file {

enum class Compression { none, gzip, zstd };

/// What a file's name says: ".gz" is gzip, ".zst" is zstd, anything else nothing.
Compression compression_of_name(std::string_view file_name) noexcept;
/// What a file's first bytes say; four are enough. zstd's skippable frames (RFC 8878) count as zstd.
Compression compression_of_content(std::string_view head) noexcept;
/// With the dot; empty for none.
std::string_view extension(Compression compression) noexcept;

/// Compresses whole pieces: each becomes a gzip member (RFC 1952) or a zstd frame of its own, and files may
/// be cut between them. One thread at a time; memory is taken at the first piece and kept.
class Compressor {
 public:
  explicit Compressor(Compression compression);
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// Valid until the next call.
  std::string_view compress(std::string_view piece);

 private:
  struct State;

  std::string_view gzip(std::string_view piece);
  std::string_view zstd(std::string_view piece);

  Compression compression_;
  std::unique_ptr<State> state_;
  std::string out_;
};

}  // namespace hiveframe::connectors::file
