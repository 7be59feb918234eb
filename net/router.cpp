#include "net/router.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hiveframe::net {
namespace {

bool is_parameter(std::string_view piece) { return piece.starts_with('{'); }

std::vector<std::string> cut(std::string_view pattern) {
  if (!pattern.starts_with('/')) throw std::logic_error("a route's pattern begins with /");
  std::vector<std::string> pieces;
  std::string_view rest = pattern.substr(1);
  for (;;) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view piece = rest.substr(0, slash);
    const bool whole_parameter = piece.size() > 2 && piece.starts_with('{') && piece.ends_with('}') &&
                                 piece.find_first_of("{}", 1) == piece.size() - 1;
    if (!whole_parameter && piece.find_first_of("{}%") != std::string_view::npos)
      throw std::logic_error("'" + std::string(pattern) + "': a parameter is a whole piece, like {name}");
    if (whole_parameter && std::ranges::find(pieces, piece) != pieces.end())
      throw std::logic_error("'" + std::string(pattern) + "' has a parameter twice");
    pieces.emplace_back(piece);
    if (slash == rest.size()) return pieces;
    rest.remove_prefix(slash + 1);
  }
}

bool same_paths(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::ranges::equal(left, right, [](const std::string& a, const std::string& b) {
    return a == b || (is_parameter(a) && is_parameter(b));
  });
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::ranges::equal(pattern, segments, [](const std::string& piece, const std::string& segment) {
    return is_parameter(piece) ? !segment.empty() : piece == segment;
  });
}

// Both fit the same path: whether the first is literal where the second, for the first time, is not.
bool is_nearer(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (is_parameter(one[i]) != is_parameter(other[i])) return is_parameter(other[i]);
  }
  return false;
}

bool answers(const Route& route, Method method) {
  return route.method == method || (route.method == Method::get && method == Method::head);
}

void note(std::vector<Method>& methods, Method method) {
  if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
}

}  // namespace

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  std::vector<std::string> pieces = cut(pattern);
  for (const Route& each : routes_) {
    if (each.method == method && same_paths(each.pattern, pieces))
      throw std::logic_error(std::string(to_string(method)) + " " + std::string(pattern) +
                             " is there already");
  }
  routes_.push_back({method, std::move(pieces), std::move(handler), std::move(options)});
}

Router::Match Router::match(Method method, const std::vector<std::string>& segments) const {
  Match match;
  for (const Route& each : routes_) {
    if (!fits(each.pattern, segments)) continue;
    note(match.allowed, each.method);
    if (each.method == Method::get) note(match.allowed, Method::head);
    // A HEAD route of its own goes before the GET route of the same pattern.
    const bool better = match.route == nullptr || is_nearer(each.pattern, match.route->pattern) ||
                        (same_paths(each.pattern, match.route->pattern) && each.method == method);
    if (answers(each, method) && better) match.route = &each;
  }
  if (!match.allowed.empty()) note(match.allowed, Method::options);
  std::ranges::sort(match.allowed);
  if (match.route == nullptr) return match;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& piece = match.route->pattern[i];
    if (is_parameter(piece)) match.parameters.emplace(piece.substr(1, piece.size() - 2), segments[i]);
  }
  return match;
}

std::string allow_field(const std::vector<Method>& methods) {
  std::string field;
  for (const Method each : methods) {
    if (!field.empty()) field += ", ";
    field += to_string(each);
  }
  return field;
}

}  // namespace hiveframe::net
