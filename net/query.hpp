#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hiveframe::net {

/// The parameters behind the ? of a target, decoded, in their order. `a` and `a=` are both empty.
class Query {
 public:
  Query() = default;

  /// Nothing if a name or value cannot be decoded (see percent_decode).
  static std::optional<Query> parse(std::string_view text);

  /// The first of that name, or null. Valid while the query lives.
  const std::string* find(std::string_view name) const noexcept;

  /// Why this query is not one of these parameters, each at most once: "unknown parameter 'x'; one of: a, b".
  /// For handlers, which ignore nothing silently.
  std::optional<std::string> find_problem(const std::vector<std::string>& known) const;

  bool empty() const noexcept { return parameters_.empty(); }
  std::size_t size() const noexcept { return parameters_.size(); }
  auto begin() const noexcept { return parameters_.begin(); }
  auto end() const noexcept { return parameters_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace hiveframe::net
