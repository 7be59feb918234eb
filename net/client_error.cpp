#include <fmt/format.h>
#include <rapidjson/document.h>

#include "net/error.hpp"
#include "net/http_client.hpp"
#include "net/problem.hpp"

namespace hiveframe::net {
namespace {

std::string text_member(const rapidjson::Document& document, const char* name) {
  if (!document.IsObject()) return {};
  const auto found = document.FindMember(name);
  if (found == document.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

std::string advice(unsigned status) {
  switch (status) {
    case 401:
      return "give the server's token";
    case 403:
      return "give the client certificate that the server asks for";
    case 421:
      return "use an address or name that the server knows itself by";
    case 503:
      return "try again later";
    default:
      return status >= 500 ? "see the server's log" : "";
  }
}

}  // namespace

Error to_error(const ClientRequest& request, const ClientResponse& response, std::string_view server) {
  rapidjson::Document problem;
  problem.Parse<rapidjson::kParseIterativeFlag>(response.body.data(), response.body.size());
  std::string answer = fmt::format("{} {}", response.status, reason_phrase(response.status));
  if (!problem.HasParseError()) {
    const std::string title = text_member(problem, "title");
    const std::string detail = text_member(problem, "detail");
    if (!title.empty()) answer = fmt::format("{} {}", response.status, title);
    if (!detail.empty()) answer += ": " + detail;
  }
  return Error({fmt::format("{} {}", to_string(request.method), request.target), "at " + std::string(server),
                std::move(answer), advice(response.status)});
}

}  // namespace hiveframe::net
