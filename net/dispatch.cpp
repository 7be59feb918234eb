#include "net/dispatch.hpp"

#include <utility>
#include <variant>

#include "net/ascii_case.hpp"
#include "net/problem.hpp"
#include "net/target.hpp"

namespace hiveframe::net {
namespace {

Decision refuse(const Problem& problem, const Request& request) {
  return {nullptr, problem.to_response(request)};
}

Decision with_allow(Response response, const std::string& allow) {
  response.headers.add("Allow", allow);
  return {nullptr, std::move(response)};
}

// The type without its parameters: application/json of "application/json; charset=utf-8".
std::string_view media_type(std::string_view field) {
  field = field.substr(0, field.find(';'));
  while (field.ends_with(' ') || field.ends_with('\t'))
    field.remove_suffix(1);
  return field;
}

bool has_media_type(const Request& request, const std::string& type) {
  return request.headers.count("Content-Type") == 1 &&
         equal_ignoring_case(media_type(*request.headers.find("Content-Type")), type);
}

}  // namespace

Decision dispatch(const RequestHead& head, const Router& router, const AccessCheck& access,
                  Request& request) {
  request.headers = head.headers;
  request.method = parse_method(head.method);

  std::variant<Target, BadTarget> parsed = parse_target(head.target);
  if (const auto* bad = std::get_if<BadTarget>(&parsed)) return refuse(Problem(400, bad->detail), request);
  auto& target = std::get<Target>(parsed);
  request.path = target.path;
  request.query = std::move(target.query);

  if (auto refusal = access.refuse_host(request, target.authority)) return {nullptr, std::move(refusal)};
  if (auto refusal = access.refuse_other_site(request, target.authority))
    return {nullptr, std::move(refusal)};

  Router::Match match = router.match(request.method, target.segments);
  const bool open = match.route != nullptr && match.route->options.open;
  if (!open) {
    if (auto refusal = access.refuse_without_credentials(request)) return {nullptr, std::move(refusal)};
  }
  if (target.asterisk) {
    if (request.method != Method::options)
      return refuse(Problem(400, "only OPTIONS may ask about *"), request);
    return {nullptr, Response::no_content()};
  }
  if (match.allowed.empty()) return refuse(Problem(404, "there is nothing at this path"), request);
  if (match.route == nullptr) {
    const std::string allow = allow_field(match.allowed);
    if (request.method == Method::options) return with_allow(Response::no_content(), allow);
    return with_allow(Problem(405, "this path takes " + allow).to_response(request), allow);
  }
  const std::string& type = match.route->options.body_type;
  if (head.has_body && !type.empty() && !has_media_type(request, type))
    return refuse(Problem(415, "the body must be " + type + ", and Content-Type say so"), request);
  request.parameters = std::move(match.parameters);
  return {match.route, std::nullopt};
}

}  // namespace hiveframe::net
