#pragma once

#include <optional>
#include <string>

#include "net/access_check.hpp"
#include "net/request.hpp"
#include "net/response.hpp"
#include "net/router.hpp"

namespace hiveframe::net {

/// The head of a request as it was parsed, before anybody looked at what it means.
struct RequestHead {
  std::string method;
  std::string target;
  HeaderList headers;
  unsigned version = 11;          ///< 10 or 11: HTTP/1.0 or 1.1
  bool has_body = false;          ///< a Content-Length above 0, or chunked
  bool keep_alive = true;         ///< the client can have its next answer on this connection
  bool expects_continue = false;  ///< it waits for 100 before it sends its body (RFC 9110 section 10.1.1)
};

/// What is to be done about a head. Exactly one of both is there.
struct Decision {
  const Route* route = nullptr;    ///< to be called when the body is there; the router owns it
  std::optional<Response> answer;  ///< known without a handler: a refusal, or the answer to OPTIONS
};

/// Fills in `request` (but its body and peer, which is there already), and says who answers it. Whoever may
/// not ask does not learn which paths there are. Pure.
Decision dispatch(const RequestHead& head, const Router& router, const AccessCheck& access, Request& request);

}  // namespace hiveframe::net
