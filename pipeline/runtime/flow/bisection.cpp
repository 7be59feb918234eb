#include "pipeline/runtime/flow/bisection.hpp"

#include <cassert>

namespace hiveframe::runtime {

Bisection::Bisection(std::size_t records) {
  if (records == 0) return;
  if (records == 1) {
    pieces_.push_back({{0, 1}, false});
    return;
  }
  split({0, records});
}

void Bisection::split(RecordRange failed_range) {
  const std::size_t middle = failed_range.begin + failed_range.size() / 2;
  pieces_.push_back({{middle, failed_range.end}, false});
  pieces_.push_back({{failed_range.begin, middle}, true});
}

std::optional<RecordRange> Bisection::next() const {
  if (pieces_.empty()) return std::nullopt;
  return pieces_.back().range;
}

void Bisection::succeeded() {
  assert(!pieces_.empty());
  const bool left_half = pieces_.back().left_half;
  pieces_.pop_back();
  if (!left_half) return;
  const RecordRange right_half = pieces_.back().range;
  if (right_half.size() == 1) return;
  pieces_.pop_back();
  split(right_half);
}

std::optional<std::size_t> Bisection::failed() {
  assert(!pieces_.empty());
  const RecordRange range = pieces_.back().range;
  pieces_.pop_back();
  if (range.size() == 1) return range.begin;
  split(range);
  return std::nullopt;
}

}  // namespace hiveframe::runtime
