#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/file/file_stream.hpp"

namespace hiveframe::connectors::file {

/// What tells an input file from another of the same name: device, inode, and the SHA-256 of its beginning.
/// How many bytes were hashed is part of it, so that a file that only grew is still the same.
class FileIdentity {
 public:
  static constexpr std::size_t hashed_at_most = 4096;

  /// Of an open regular file. Blocking.
  explicit FileIdentity(const FileStream& file);

  [[nodiscard]] std::string text() const;
  /// Whether `stored`, the text() of an earlier time, was of this file.
  [[nodiscard]] bool is_same(std::string_view stored) const;

 private:
  std::uint64_t device_;
  std::uint64_t inode_;
  std::string head_;
};

}  // namespace hiveframe::connectors::file
