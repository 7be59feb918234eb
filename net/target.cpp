#include "net/target.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "net/ascii_case.hpp"
#include "net/percent.hpp"

namespace hiveframe::net {
namespace {

// Moves http://host from the front of the text to `authority`.
bool take_authority(std::string_view& text, std::string& authority) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  if (!equal_ignoring_case(text.substr(0, scheme), "http") &&
      !equal_ignoring_case(text.substr(0, scheme), "https"))
    return false;
  text.remove_prefix(scheme + 3);
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  authority = text.substr(0, end);
  text.remove_prefix(end);
  return !authority.empty();
}

std::optional<std::string> find_problem(std::string_view segment) {
  if (segment == "." || segment == "..") return "a path with . or .. is refused: send the path itself";
  if (segment.find_first_of("/\\") != std::string_view::npos)
    return "an encoded slash or a backslash in a path is refused: no name holds one";
  return std::nullopt;
}

using Parsed = std::variant<Target, BadTarget>;

Parsed bad(std::string detail) { return Parsed(std::in_place_type<BadTarget>, BadTarget{std::move(detail)}); }

}  // namespace

std::variant<Target, BadTarget> parse_target(std::string_view text) {
  Target target;
  if (text == "*") {
    target.asterisk = true;
    return target;
  }
  if (!text.starts_with('/') && !take_authority(text, target.authority))
    return bad("the request's target is neither a path that begins with / nor an http URL");
  if (text.find('#') != std::string_view::npos)
    return bad("a target has no fragment (#); a # that belongs to a name is written %23");

  const std::size_t question = std::min(text.find('?'), text.size());
  target.path = text.substr(0, question);
  if (target.path.empty()) target.path = "/";
  if (question < text.size()) {
    auto query = Query::parse(text.substr(question + 1));
    if (!query) return bad("the query is not percent-encoded UTF-8 without control characters");
    target.query = std::move(*query);
  }

  std::string_view rest = std::string_view(target.path).substr(1);
  for (;;) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    auto segment = percent_decode(rest.substr(0, slash), Plus::plus);
    if (!segment) return bad("the path is not percent-encoded UTF-8 without control characters");
    if (auto problem = find_problem(*segment)) return bad(std::move(*problem));
    target.segments.push_back(std::move(*segment));
    if (slash == rest.size()) break;
    rest.remove_prefix(slash + 1);
  }
  return target;
}

}  // namespace hiveframe::net
