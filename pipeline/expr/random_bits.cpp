#include "pipeline/expr/random_bits.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/random.h>
#include <system_error>

namespace hiveframe::expr {

std::array<unsigned char, 16> RandomBits::next() {
  std::array<unsigned char, 16> taken;
  if (left_ < taken.size()) refill();
  std::copy_n(bytes_.end() - static_cast<std::ptrdiff_t>(left_), taken.size(), taken.begin());
  left_ -= taken.size();
  return taken;
}

void RandomBits::refill() {
  if (seed_) {
    // SplitMix64 (Steele, Lea and Flood 2014).
    for (std::size_t at = 0; at < bytes_.size(); at += sizeof(std::uint64_t)) {
      std::uint64_t mixed = *seed_ += 0x9E3779B97F4A7C15;
      mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
      mixed ^= mixed >> 31;
      std::memcpy(bytes_.data() + at, &mixed, sizeof(mixed));
    }
  } else {
    // 256 bytes come whole, and only the first call after the machine's start may wait.
    ssize_t got = 0;
    do {
      got = getrandom(bytes_.data(), bytes_.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(bytes_.size()))
      throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  left_ = bytes_.size();
}

}  // namespace hiveframe::expr
