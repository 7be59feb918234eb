#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/access.hpp"
#include "net/request.hpp"
#include "net/response.hpp"
#include "net/token_check.hpp"

namespace hiveframe::net {

/// Decides whether a request comes from somebody who may ask. Pure; one per listener, immutable, so that any
/// thread may use it.
///
/// A page in a browser that somebody has open is not to be trusted with what that browser's machine reaches:
/// - It can make a name of its own resolve to our address (DNS rebinding). So a Host that is a name must be
/// one
///   of ours. It cannot do that with an address; and a page does not know our token, so whoever shows it is
///   believed about the name.
/// - It can send requests to us without reading the answer. Browsers say so: Sec-Fetch-Site (W3C Fetch
///   Metadata) and Origin (RFC 6454) of another site are refused, as is a body that is not the route's media
///   type (a form can send text/plain, but not application/json without asking first, which we do not
///   answer).
class AccessCheck {
 public:
  AccessCheck() = default;
  explicit AccessCheck(const Access& access);

  /// Each gives the refusal, or nothing. `authority` is that of an absolute target, else empty.
  std::optional<Response> refuse_host(const Request& request, const std::string& authority) const;
  std::optional<Response> refuse_other_site(const Request& request, const std::string& authority) const;
  std::optional<Response> refuse_without_credentials(const Request& request) const;

 private:
  bool shows_token(const Request& request) const;

  Credentials required_ = Credentials::none;
  TokenCheck tokens_{{}};
  std::vector<std::string> names_;
};

}  // namespace hiveframe::net
