#include "pipeline/runtime/flow/batcher.hpp"

namespace hiveframe::runtime {

Batcher::Batcher(BatchLimits limits) : limits_(limits) {}

bool Batcher::add(std::uint64_t records, std::uint64_t bytes, Clock::time_point now) {
  if (empty() && records > 0 && limits_.linger) deadline_ = now + *limits_.linger;
  records_ += records;
  bytes_ += bytes;
  return (limits_.records != 0 && records_ >= limits_.records) ||
         (limits_.bytes != 0 && bytes_ >= limits_.bytes);
}

}  // namespace hiveframe::runtime
