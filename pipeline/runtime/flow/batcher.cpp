#include "pipeline/runtime/flow/batcher.hpp"

namespace hiveframe::runtime {

Batcher::Batcher(BatchLimits limits) : limits_(limits) {}

bool Batcher::fits(std::uint64_t records, std::uint64_t bytes) const {
  if (empty()) return true;
  const auto within = [](std::uint64_t held, std::uint64_t more, std::uint64_t limit) {
    return limit == 0 || (held <= limit && more <= limit - held);
  };
  return within(records_, records, limits_.records) && within(bytes_, bytes, limits_.bytes);
}

bool Batcher::add(std::uint64_t records, std::uint64_t bytes, Clock::time_point now) {
  if (empty() && records > 0 && limits_.linger) deadline_ = now + *limits_.linger;
  records_ += records;
  bytes_ += bytes;
  return (limits_.records != 0 && records_ >= limits_.records) ||
         (limits_.bytes != 0 && bytes_ >= limits_.bytes);
}

void Batcher::reset() {
  records_ = 0;
  bytes_ = 0;
  deadline_.reset();
}

}  // namespace hiveframe::runtime
