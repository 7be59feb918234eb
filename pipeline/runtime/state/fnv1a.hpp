// A hash that is quick and the same everywhere; it guards against accidents, not against attackers.
#pragma once

#include <cstdint>
#include <string_view>

namespace hiveframe::runtime {

/// FNV-1a, 64 bits, http://www.isthe.com/chongo/tech/comp/fnv/. Each step can be undone, so two texts of one
/// length that differ in a single byte never have the same hash.
class Fnv1a {
 public:
  Fnv1a& add(std::string_view bytes) noexcept {
    for (const char c : bytes)
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return *this;
  }
  std::uint64_t value() const noexcept { return hash_; }

 private:
  std::uint64_t hash_ = 14695981039346656037ULL;
};

}  // namespace hiveframe::runtime
