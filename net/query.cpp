#include "net/query.hpp"

#include <algorithm>

#include "config/did_you_mean.hpp"
#include "net/percent.hpp"

namespace hiveframe::net {
namespace {

/// The text up to the first `end`, which is taken away with it.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return taken;
}

}  // namespace

std::optional<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    std::string_view value = take_until(text, '&');
    if (value.empty()) continue;
    auto decoded_name = percent_decode(take_until(value, '='), Plus::space);
    auto decoded_value = percent_decode(value, Plus::space);
    if (!decoded_name || !decoded_value) return std::nullopt;
    query.parameters_.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
  }
  return query;
}

const std::string* Query::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find_if(parameters_, [&](const auto& each) { return each.first == name; });
  return found == parameters_.end() ? nullptr : &found->second;
}

std::optional<std::string> Query::find_problem(const std::vector<std::string>& known) const {
  for (auto each = parameters_.begin(); each != parameters_.end(); ++each) {
    if (std::ranges::find(known, each->first) == known.end()) {
      if (known.empty()) return "unknown parameter '" + each->first + "': this takes none";
      return "unknown parameter '" + each->first + "'; " + config::did_you_mean(each->first, known);
    }
    const bool repeated =
        std::any_of(parameters_.begin(), each, [&](const auto& other) { return other.first == each->first; });
    if (repeated) return "parameter '" + each->first + "' is given twice";
  }
  return std::nullopt;
}

}  // namespace hiveframe::net
