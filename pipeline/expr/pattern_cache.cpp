#include "pipeline/expr/pattern_cache.hpp"

#include <algorithm>
#include <re2/re2.h>

#include "pipeline/expr/pattern.hpp"

namespace hiveframe::expr {
namespace {

const re2::RE2::Options& small_options() {
  static const re2::RE2::Options options = [] {
    re2::RE2::Options made = pattern_options();
    made.set_max_mem(PatternCache::pattern_memory);
    return made;
  }();
  return options;
}

}  // namespace

PatternCache::PatternCache() noexcept = default;
PatternCache::PatternCache(const PatternCache&) noexcept : PatternCache() {}
PatternCache& PatternCache::operator=(const PatternCache&) noexcept { return *this; }
PatternCache::~PatternCache() = default;

const re2::RE2& PatternCache::compiled(std::string_view pattern) {
  const auto is_wanted = [&](const auto& each) { return each->pattern() == pattern; };
  const auto known = std::find_if(patterns_.begin(), patterns_.end(), is_wanted);
  if (known != patterns_.end()) {
    std::rotate(patterns_.begin(), known, known + 1);
    return *patterns_.front();
  }
  if (large_ && is_wanted(large_)) return *large_;
  const re2::StringPiece text(pattern.data(), pattern.size());
  if (pattern.size() <= max_text) {
    auto made = std::make_unique<const re2::RE2>(text, small_options());
    if (made->error_code() != re2::RE2::ErrorPatternTooLarge) {
      if (patterns_.size() == capacity) patterns_.pop_back();
      return **patterns_.insert(patterns_.begin(), std::move(made));
    }
  }
  // What a pattern means, and whether it is one, does not depend on where it comes from.
  large_ = std::make_unique<const re2::RE2>(text, pattern_options());
  return *large_;
}

}  // namespace hiveframe::expr
