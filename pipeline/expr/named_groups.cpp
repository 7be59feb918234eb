#include "pipeline/expr/named_groups.hpp"

#include <algorithm>

#include "pipeline/expr/pattern.hpp"

namespace hiveframe::expr {

std::optional<NamedGroups> NamedGroups::compile(const std::string& pattern, std::string& problem) {
  auto compiled = std::make_shared<const re2::RE2>(pattern, pattern_options());
  if (!compiled->ok()) {
    problem = "this is no regular expression (RE2): " + pattern_problem(*compiled);
    return std::nullopt;
  }
  std::vector<std::pair<int, std::string>> groups;
  for (const auto& [name, number] : compiled->NamedCapturingGroups())
    groups.emplace_back(number, name);
  if (groups.empty()) {
    problem = "the pattern has no group with a name";
    return std::nullopt;
  }
  std::sort(groups.begin(), groups.end());
  return NamedGroups(std::move(compiled), std::move(groups));
}

NamedGroups::NamedGroups(std::shared_ptr<const re2::RE2> pattern,
                         std::vector<std::pair<int, std::string>> groups)
    : pattern_(std::move(pattern)) {
  for (auto& [number, name] : groups) {
    numbers_.push_back(static_cast<std::size_t>(number));
    names_.push_back(std::move(name));
  }
}

bool NamedGroups::find(std::string_view text, std::vector<std::string_view>& found) const {
  std::vector<re2::StringPiece> groups(numbers_.back() + 1);
  if (!pattern_->Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                       static_cast<int>(groups.size())))
    return false;
  found.clear();
  for (const std::size_t number : numbers_)
    found.emplace_back(groups[number].data(), groups[number].size());
  return true;
}

}  // namespace hiveframe::expr
