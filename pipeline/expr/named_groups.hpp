#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace re2 {
class RE2;
}

namespace hiveframe::expr {

/// A regular expression (RE2's syntax, as of matches()) for the groups in it that have names. Immutable; any
/// thread may read it, and copies share what was compiled.
class NamedGroups {
 public:
  /// Nothing if `pattern` is no regular expression, or none of its groups has a name; `problem` says so.
  static std::optional<NamedGroups> compile(const std::string& pattern, std::string& problem);

  /// In the order in which the groups stand in the pattern.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// Looks for the pattern anywhere in `text`. False if it is not there; else `found` has what each group
  /// matched, part of `text`, and a null view for one that took no part.
  bool find(std::string_view text, std::vector<std::string_view>& found) const;

 private:
  NamedGroups(std::shared_ptr<const re2::RE2> pattern, std::vector<std::pair<int, std::string>> groups);

  std::shared_ptr<const re2::RE2> pattern_;
  std::vector<std::string> names_;
  std::vector<std::size_t> numbers_;  // of the groups, from 1
};

}  // namespace hiveframe::expr
