#include "daemon/admin/endpoint.hpp"

#include <charconv>
#include <functional>
#include <utility>
#include <variant>

#include "daemon/admin/json_body.hpp"
#include "net/problem.hpp"

namespace hiveframe::daemon {
namespace {

/// What of a request does not fit its endpoint's declaration.
class RequestCheck {
 public:
  explicit RequestCheck(const Endpoint& endpoint) : query_(endpoint.query), body_(endpoint.body) {
    for (const QueryParameter& each : query_)
      names_.push_back(each.name);
  }

  std::optional<net::Response> refuse(const net::Request& request) const {
    if (const auto problem = request.query.find_problem(names_)) return refused(request, *problem);
    for (const QueryParameter& each : query_) {
      const std::string* text = request.query.find(each.name);
      const auto mismatch = text != nullptr ? find_mismatch(each.shape, *text) : std::nullopt;
      if (mismatch) return refused(request, "parameter '" + each.name + "' " + *mismatch);
    }
    if (!body_) {
      if (request.body.empty()) return std::nullopt;
      return refused(request, "there must be no body here");
    }
    if (const auto mismatch = find_body_mismatch(*body_, request.body)) return refused(request, *mismatch);
    return std::nullopt;
  }

 private:
  static net::Response refused(const net::Request& request, const std::string& detail) {
    return net::Problem(400, detail).to_response(request);
  }

  std::vector<QueryParameter> query_;
  std::optional<Shape> body_;
  std::vector<std::string> names_;
};

using AtOnce = std::function<net::Response(const net::Request&)>;
using Later = std::function<net::Task<net::Response>(const net::Request&)>;

net::Task<net::Response> refuse_or_handle(const RequestCheck& check, const Later& handler,
                                          const net::Request& request) {
  std::optional<net::Response> refusal = check.refuse(request);
  if (refusal) co_return std::move(*refusal);
  net::Task<net::Response> handling = handler(request);
  net::Response response = co_await std::move(handling);
  co_return response;
}

net::Handler checked(const Endpoint& endpoint) {
  RequestCheck check(endpoint);
  if (const auto* at_once = std::get_if<AtOnce>(&endpoint.handler)) {
    return AtOnce([check = std::move(check), handler = *at_once](const net::Request& request) {
      std::optional<net::Response> refusal = check.refuse(request);
      return refusal ? std::move(*refusal) : handler(request);
    });
  }
  return Later([check = std::move(check), handler = std::get<Later>(endpoint.handler)](
                   const net::Request& request) { return refuse_or_handle(check, handler, request); });
}

}  // namespace

net::Router Endpoints::router(std::string_view version) const {
  std::vector<Endpoint> all = all_;
  Endpoint description;
  description.path = "/openapi.json";
  description.id = "describeApi";
  description.group = "service";
  description.summary = "This description";
  description.answers = {{200, "OpenAPI 3.1", "application/json", any_shape()}};
  all.push_back(description);
  const std::string text = openapi(all, version);
  all.back().handler = AtOnce([text](const net::Request&) { return net::Response::json(text); });

  net::Router router;
  for (const Endpoint& each : all)
    router.add(each.method, each.path, checked(each), {.open = each.open});
  return router;
}

const std::string* query_text(const net::Request& request, std::string_view name) {
  return request.query.find(name);
}

std::uint64_t query_count(const net::Request& request, std::string_view name, std::uint64_t otherwise) {
  const std::string* text = request.query.find(name);
  if (text == nullptr) return otherwise;
  std::uint64_t value = otherwise;
  std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

}  // namespace hiveframe::daemon
