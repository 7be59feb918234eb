#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hiveframe::expr {

/// What uuid() takes its bits from: the system's, or, for tests, the same ones each time. Owned by whoever
/// evaluates, with its Inputs; one thread at a time. A copy begins anew, so that no two give the same of the
/// system's.
class RandomBits {
 public:
  RandomBits() noexcept = default;
  explicit RandomBits(std::uint64_t seed) noexcept : seed_(seed) {}
  RandomBits(const RandomBits& other) noexcept : seed_(other.seed_) {}
  RandomBits& operator=(const RandomBits&) noexcept { return *this; }
  ~RandomBits() = default;

  /// Throws std::system_error if the system has none.
  std::array<unsigned char, 16> next();

 private:
  void refill();

  std::optional<std::uint64_t> seed_;
  std::array<unsigned char, 256> bytes_;
  std::size_t left_ = 0;
};

}  // namespace hiveframe::expr
