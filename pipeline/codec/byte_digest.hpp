#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hiveframe::codec {

/// What is kept of bytes that are too many to keep: how many, their SHA-256, and the first 64 KiB.
/// One thread at a time.
class ByteDigest {
 public:
  static constexpr std::size_t head_bytes = 64 * 1024;

  ByteDigest();
  ~ByteDigest();

  void add(std::string_view bytes);
  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }
  [[nodiscard]] std::string take_head() noexcept { return std::move(head_); }
  /// In hex. Called once, last.
  std::string sha256();

 private:
  struct Hash;

  std::unique_ptr<Hash> hash_;
  std::uint64_t length_ = 0;
  std::string head_;
};

}  // namespace hiveframe::codec
