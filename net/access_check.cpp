#include "net/access_check.hpp"

#include <algorithm>
#include <utility>

#include "net/ascii_case.hpp"
#include "net/host.hpp"
#include "net/problem.hpp"

namespace hiveframe::net {
namespace {

std::optional<Host> host_of(const Request& request, const std::string& authority) {
  if (!authority.empty()) return parse_host(authority);
  const std::string* field = request.headers.find("Host");
  return field == nullptr ? std::nullopt : parse_host(*field);
}

// The port a page came from, empty for its scheme's default one.
std::string port_without_default(const Host& host, std::string_view scheme) {
  const std::string_view usual = scheme == "https" ? "443" : "80";
  return host.port == usual ? std::string() : host.port;
}

// Whether an Origin (RFC 6454 section 7: scheme://host[:port], or null) is the host that was asked. The
// scheme may differ: TLS can end before us.
bool is_same_origin(std::string_view origin, const Host& asked) {
  const std::size_t end = origin.find("://");
  if (end == std::string_view::npos) return false;
  const std::string scheme = to_lower_case(origin.substr(0, end));
  if (scheme != "http" && scheme != "https") return false;
  const std::optional<Host> page = parse_host(origin.substr(end + 3));
  return page && page->name == asked.name &&
         port_without_default(*page, scheme) == port_without_default(asked, scheme);
}

Response unauthorized(const Request& request, bool given) {
  Response response =
      Problem(401, given ? "the token is not the right one"
                         : "this needs a token: send the field 'Authorization: Bearer <token>'")
          .to_response(request);
  response.headers.add("WWW-Authenticate", given ? R"(Bearer realm="hiveframed", error="invalid_token")"
                                                 : R"(Bearer realm="hiveframed")");
  return response;
}

}  // namespace

AccessCheck::AccessCheck(const Access& access) : required_(access.required), tokens_(access.tokens) {
  for (const std::string& each : access.names) {
    const std::optional<Host> host = parse_host(each);
    names_.push_back(host ? host->name : to_lower_case(each));
  }
}

std::optional<Response> AccessCheck::refuse_host(const Request& request, const std::string& authority) const {
  // RFC 9112 section 3.2; a client of HTTP/1.0 may leave it out, ours are of our time.
  if (request.headers.count("Host") != 1)
    return Problem(400, "a request has exactly one Host field").to_response(request);
  const std::optional<Host> host = host_of(request, authority);
  if (!host) {
    // Over a Unix socket some clients send an empty one, as they may (RFC 9110 section 7.2).
    if (request.peer.local_socket && request.headers.find("Host")->empty()) return std::nullopt;
    return Problem(400, "the Host field is no host").to_response(request);
  }
  if (request.peer.local_socket || host->is_address || host->name == "localhost" ||
      std::ranges::find(names_, host->name) != names_.end() || shows_token(request))
    return std::nullopt;
  return Problem(
             421,
             "'" + host->name +
                 "' is not a name of this server: use its address, or add the name to those it is known by")
      .to_response(request);
}

std::optional<Response> AccessCheck::refuse_other_site(const Request& request,
                                                       const std::string& authority) const {
  const std::string* site = request.headers.find("Sec-Fetch-Site");
  if (site != nullptr && *site != "same-origin" && *site != "none") {
    // Following a link is how people come here: a read that a tab shows, and no page sees.
    const std::string* mode = request.headers.find("Sec-Fetch-Mode");
    const std::string* place = request.headers.find("Sec-Fetch-Dest");
    const bool link = is_safe(request.method) && mode != nullptr && *mode == "navigate" && place != nullptr &&
                      *place == "document";
    if (!link) return Problem(403, "a page of another site may not ask this").to_response(request);
  }
  const std::string* origin = request.headers.find("Origin");
  if (origin == nullptr || is_safe(request.method)) return std::nullopt;
  const std::optional<Host> host = host_of(request, authority);
  if (request.headers.count("Origin") == 1 && host && is_same_origin(*origin, *host)) return std::nullopt;
  return Problem(403, "a page of another origin may not ask this").to_response(request);
}

std::optional<Response> AccessCheck::refuse_without_credentials(const Request& request) const {
  const bool certificate = !request.peer.certificate_subject.empty();
  const bool needs_certificate =
      required_ == Credentials::certificate || required_ == Credentials::token_and_certificate;
  const bool needs_token = required_ == Credentials::token ||
                           required_ == Credentials::token_and_certificate ||
                           (required_ == Credentials::token_or_certificate && !certificate);
  if (needs_certificate && !certificate)
    return Problem(403, "this needs a client certificate").to_response(request);
  if (!needs_token || shows_token(request)) return std::nullopt;
  return unauthorized(request, request.headers.find("Authorization") != nullptr);
}

bool AccessCheck::shows_token(const Request& request) const {
  if (request.headers.count("Authorization") != 1) return false;
  const auto token = bearer_token(*request.headers.find("Authorization"));
  return token && tokens_.matches(*token);
}

}  // namespace hiveframe::net
