#include "net/query.hpp"

#include <algorithm>

#include "config/did_you_mean.hpp"
#include "net/percent.hpp"

namespace hiveframe::net {

std::optional<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view parameter = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    auto name = percent_decode(parameter.substr(0, equals), Plus::space);
    auto value = percent_decode(parameter.substr(std::min(equals + 1, parameter.size())), Plus::space);
    if (!name || !value) return std::nullopt;
    query.parameters_.emplace_back(std::move(*name), std::move(*value));
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
