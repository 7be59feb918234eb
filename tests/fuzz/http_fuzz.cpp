// libFuzzer: any bytes as what a client sends to the admin API. The first byte says in which pieces they
// come; the rest is requests one after the other, through the parser, the checks, the router and what is
// declared of each endpoint. What is refused gets an answer that is well-formed; what reaches a handler
// showed the token, names nothing outside its path, and has a body and a query of the declared shape.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <rapidjson/document.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/utf8.hpp"
#include "daemon/admin/endpoint.hpp"
#include "daemon/admin/json_body.hpp"
#include "net/dispatch.hpp"
#include "net/problem.hpp"
#include "net/request_parser.hpp"
#include "net/response_head.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using namespace hiveframe::net;
using hiveframe::fuzz::require;
using Progress = RequestParser::Progress;

Limits small() {
  Limits limits;
  limits.header_bytes = 1024;
  limits.body_bytes = 256;
  return limits;
}

using AtOnce = std::function<Response(const Request&)>;

Response nothing(const Request&) { return Response::no_content(); }

Response tapped(const Request& request) {
  const std::uint64_t limit = daemon::query_count(request, "limit", 10);
  require(limit >= 1 && limit <= 1000, "a count is within its bounds");
  const std::string* follow = daemon::query_text(request, "follow");
  require(follow == nullptr || *follow == "true" || *follow == "false", "a flag is one");
  return Response::no_content();
}

Response logged(const Request& request) {
  const daemon::JsonBody body(request.body);
  const std::optional<std::string> level = body.text("level");
  require(level && (*level == "info" || *level == "error"), "a choice is one of them", request.body);
  for (const std::string& each : body.texts("components").value_or(std::vector<std::string>()))
    require(config::find_invalid_utf8(each) == std::string_view::npos, "texts are UTF-8", request.body);
  return Response::json(body.flag("all").value_or(false) ? "true" : "false");
}

Router routes() {
  using namespace daemon;
  Endpoints endpoints;
  const auto add = [&endpoints](Method method, std::string path, AtOnce handler,
                                std::vector<QueryParameter> query = {},
                                std::optional<Shape> body = std::nullopt) {
    Endpoint endpoint;
    endpoint.method = method;
    endpoint.open = path == "/healthz";
    endpoint.id = path;
    endpoint.path = std::move(path);
    endpoint.handler = std::move(handler);
    endpoint.query = std::move(query);
    endpoint.body = std::move(body);
    endpoints.add(std::move(endpoint));
  };
  add(Method::get, "/healthz", nothing);
  add(Method::get, "/pipelines/{name}", nothing);
  add(Method::get, "/pipelines/{name}/tap", tapped,
      {{"limit", count_shape(1, 1000), ""}, {"stage", text_shape(), ""}, {"follow", flag_shape(), ""}});
  add(Method::post, "/pipelines/reload", nothing);
  add(Method::put, "/log", logged, {},
      object_shape("Log", {{"level", choice_shape({"info", "error"}), ""},
                           {"components", list_shape(text_shape()), "", true},
                           {"rate", number_shape(), "", true},
                           {"most", count_shape(0, 9), "", true},
                           {"all", flag_shape(), "", true}}));
  Router router = endpoints.router("1.0");
  router.add(Method::put, "/any", AtOnce(nothing), {.open = false, .body_type = ""});
  return router;
}

AccessCheck access() {
  Access settings;
  settings.required = Credentials::token;
  settings.tokens = {config::Secret("right")};
  settings.names = {"admin.example"};
  return AccessCheck(settings);
}

void check_text(const std::string& text) {
  require(config::find_invalid_utf8(text) == std::string_view::npos, "what is decoded is UTF-8", text);
  for (const char c : text)
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "what is decoded has no control characters",
            text);
}

void check_request(const Route& route, const RequestHead& head, const Request& request) {
  for (const auto& [name, value] : request.parameters) {
    check_text(value);
    require(
        !value.empty() && value != "." && value != ".." && value.find_first_of("/\\") == std::string::npos,
        "a parameter is a name", value);
  }
  for (const auto& [name, value] : request.query) {
    check_text(name);
    check_text(value);
  }
  require(request.headers.count("Host") == 1, "who is served says whom it asks");
  require(route.method == request.method || request.method == Method::head, "the route is for the method");
  if (!route.options.open) {
    const std::string* field = request.headers.find("Authorization");
    require(field != nullptr && field->ends_with(" right"), "who is served shows the token");
  }
  if (head.has_body && !route.options.body_type.empty())
    require(request.headers.count("Content-Type") == 1, "a body says what it is");
}

void check_answer(const Response& answer) {
  require(answer.status == 204 || (answer.status >= 400 && answer.status < 600),
          "an answer without a handler");
  const std::string head =
      response_head(answer, {.length = answer.body.size(), .chunked = false, .keep_alive = true},
                    std::chrono::system_clock::time_point());
  require(head.find("\r\n\r\n") == head.size() - 4, "a head ends where it ends", head);
  if (answer.status == 204) return;
  rapidjson::Document problem;
  problem.Parse<rapidjson::kParseValidateEncodingFlag>(answer.body.data(), answer.body.size());
  require(!problem.HasParseError() && problem.IsObject(), "a problem is JSON", answer.body);
  require(problem["status"].GetUint() == answer.status, "a problem says its status", answer.body);
}

struct Outcome {
  std::string log;           // a line for each request, and what became of it
  bool wanted_more = false;  // the bytes ended before the parser did
};

Outcome outcome(std::string_view bytes, std::size_t piece) {
  static const Router router = routes();
  static const AccessCheck checks = access();
  const Limits limits = small();
  RequestParser parser(limits);
  std::string log;
  Request request;
  const Route* route = nullptr;
  while (true) {
    switch (parser.advance()) {
      case Progress::need_more:
        if (bytes.empty()) return {log, true};
        parser.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        break;
      case Progress::head: {
        request = Request();
        const Decision decision = dispatch(parser.head(), router, checks, request);
        require((decision.route == nullptr) == decision.answer.has_value(), "there is one to answer");
        route = decision.route;
        if (decision.route != nullptr) check_request(*decision.route, parser.head(), request);
        if (decision.answer) check_answer(*decision.answer);
        log += parser.head().method + " " + parser.head().target +
               (decision.answer ? " " + std::to_string(decision.answer->status) : " is handled") + "\n";
        break;
      }
      case Progress::complete: {
        const std::string body = parser.take_body();
        require(body.size() <= limits.body_bytes, "a body stays in its limit");
        log += body + "\n";
        if (route != nullptr) {
          request.body = body;
          const Response answer = std::get<AtOnce>(route->handler)(request);
          log += std::to_string(answer.status) + "\n";
          if (answer.status >= 400) check_answer(answer);
        }
        if (!parser.head().keep_alive) return {log};
        parser.next();
        break;
      }
      case Progress::failed:
        require(parser.failure().status >= 400 && !parser.failure().detail.empty(), "a failure says why");
        check_answer(Problem(parser.failure().status, parser.failure().detail).to_response({}));
        return {log + "no request\n"};
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome piecemeal = outcome(bytes, 1 + data[0] % 64U);
  const Outcome at_once = outcome(bytes, size);
  // However it comes. What is wrong with half a head is seen sooner or later, and the limit of what is
  // buffered depends on the pieces.
  const std::string& shorter = piecemeal.log.size() < at_once.log.size() ? piecemeal.log : at_once.log;
  const bool same = piecemeal.wanted_more || at_once.wanted_more
                        ? piecemeal.log.starts_with(shorter) && at_once.log.starts_with(shorter)
                        : piecemeal.log == at_once.log;
  require(same || bytes.size() > 1024, "pieces make no difference", piecemeal.log + "--\n" + at_once.log);
  return 0;
}
