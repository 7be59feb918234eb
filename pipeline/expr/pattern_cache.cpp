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

// What compiling has taken. A pattern that is found to be too large has used up all the memory it may.
std::uint64_t work_of(const re2::RE2& made) {
  const std::uint64_t reading = 3'000 + 32 * made.pattern().size();
  if (made.ok()) return reading + 64 * static_cast<std::uint64_t>(made.ProgramSize());
  const bool too_large = made.error_code() == re2::RE2::ErrorPatternTooLarge;
  return reading + (too_large ? static_cast<std::uint64_t>(made.options().max_mem()) * 2 : 0);
}

}  // namespace

PatternCache::PatternCache() noexcept = default;
PatternCache::PatternCache(const PatternCache&) noexcept : PatternCache() {}
PatternCache& PatternCache::operator=(const PatternCache&) noexcept { return *this; }
PatternCache::~PatternCache() = default;

const re2::RE2& PatternCache::compiled(std::string_view pattern, std::uint64_t& work) {
  work = 0;
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
    work += work_of(*made);
    if (made->error_code() != re2::RE2::ErrorPatternTooLarge) {
      if (patterns_.size() == capacity) patterns_.pop_back();
      return **patterns_.insert(patterns_.begin(), std::move(made));
    }
  }
  // What a pattern means, and whether it is one, does not depend on where it comes from.
  large_ = std::make_unique<const re2::RE2>(text, pattern_options());
  work += work_of(*large_);
  return *large_;
}

}  // namespace hiveframe::expr
