#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hiveframe::pipeline {

/// SHA-256 (FIPS 180-4): tells files and records apart; nothing here is secret. Bytes may come in pieces.
class Sha256 {
 public:
  void update(std::string_view bytes) noexcept;
  /// 64 hexadecimal digits, lower case, of everything so far. More bytes may follow.
  [[nodiscard]] std::string hex() const;

 private:
  void block(const unsigned char* bytes) noexcept;

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> rest_{};  // bytes that do not fill a block yet
  std::uint64_t size_ = 0;
};

/// Of all the bytes at once.
std::string sha256_hex(std::string_view bytes);

}  // namespace hiveframe::pipeline
