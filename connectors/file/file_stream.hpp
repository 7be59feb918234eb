#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <sys/stat.h>

#include "pipeline/codec/byte_stream.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::file {

/// The bytes of one input file as they are on disk. Of a regular file they end where it ended when it was
/// opened: what is appended meanwhile, by this very pipeline perhaps, is for a later run. Keeps the file
/// open, so it goes on when the file is renamed meanwhile; notices at the end that it shrank or was deleted.
/// Blocking; one thread at a time.
class FileStream final : public codec::ByteStream {
 public:
  /// Opens a regular file or FIFO; throws Fatal or Retryable. `interrupt` ends waiting for a FIFO's writer,
  /// by Interrupted, and outlives this.
  FileStream(std::string path, const pipeline::Interrupt& interrupt);
  ~FileStream() override;
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;

  /// Throws Fatal at the end if the file holds less than it did, or was deleted while it was read.
  std::size_t read(std::span<char> room) override;

  /// The first `limit` bytes, wherever read() is. Only of a regular file.
  [[nodiscard]] std::string head(std::size_t limit) const;
  /// read() goes on at `offset`. Only of a regular file.
  void seek(std::uint64_t offset) noexcept { offset_ = offset; }
  /// read() ends at `end`, if the file reaches that far. Only of a regular file.
  void end_at(std::uint64_t end) noexcept { end_ = end; }
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] bool is_fifo() const noexcept { return S_ISFIFO(status_.st_mode); }
  /// As it was when opened.
  [[nodiscard]] const struct stat& status() const noexcept { return status_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::size_t read_some(std::span<char> room) const;
  void check_end() const;

  std::string path_;
  const pipeline::Interrupt& interrupt_;
  int descriptor_ = -1;
  struct stat status_ {};
  std::uint64_t offset_ = 0;
  std::uint64_t end_ = 0;
};

/// Reading came to the end of a regular file, which looks like `now`, at `offset`, and not at `expected`, its
/// size when it was opened: what is wrong with it. Empty: that is its end. The sizes of files that a kernel
/// makes up (sysfs: 4096) are not true; they are known by having no blocks. A file system on a network whose
/// size is not true has lost something, or does not know yet what another machine did to the file.
std::string why_ended_early(std::uint64_t offset, std::uint64_t expected, const struct stat& now);

}  // namespace hiveframe::connectors::file
