#include "pipeline/record/slice.hpp"

#include <cassert>

namespace hiveframe::record {

Slice Slice::part(std::size_t begin, std::size_t end) const {
  assert(begin <= end && end <= size());
  Slice cut = *this;
  cut.begin_ = begin_ + begin;
  cut.end_ = begin_ + end;
  return cut;
}

std::size_t Slice::bytes() const noexcept {
  if (is_whole()) return selection_->bytes;
  std::size_t total = 0;
  for (std::size_t i = 0; i < size(); ++i)
    total += bytes(i);
  return total;
}

}  // namespace hiveframe::record
