#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace hiveframe::expr {

/// The patterns that matches() was last given by records, compiled: most streams bring few different ones,
/// and compiling takes some hundred times longer than matching. Holds at most `capacity` of them, each with
/// at most `pattern_memory` bytes of RE2's, and the last one that needed more. Owned by whoever evaluates,
/// with its Inputs; one thread at a time. A copy begins empty.
class PatternCache {
 public:
  static constexpr std::size_t capacity = 16;
  static constexpr std::size_t pattern_memory = std::size_t{1} << 20;
  /// A longer text is compiled each time.
  static constexpr std::size_t max_text = 1024;

  PatternCache() noexcept;
  PatternCache(const PatternCache&) noexcept;
  PatternCache& operator=(const PatternCache&) noexcept;
  ~PatternCache();

  /// The compiled pattern, which may be one that is !ok(). Stays until the next call. `work`: what that took,
  /// in the units of limits.hpp; 0 of a pattern that was known.
  const re2::RE2& compiled(std::string_view pattern, std::uint64_t& work);

  /// How many are held.
  [[nodiscard]] std::size_t size() const noexcept { return patterns_.size(); }

 private:
  std::vector<std::unique_ptr<const re2::RE2>> patterns_;  // the one used last comes first
  std::unique_ptr<const re2::RE2> large_;
};

}  // namespace hiveframe::expr
