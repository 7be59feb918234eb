#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/request.hpp"
#include "net/response.hpp"

namespace hiveframe::net {

/// An error as a client gets it: application/problem+json (RFC 9457). Text that is not UTF-8 is mended, so
/// that the outcome always is JSON.
class Problem {
 public:
  /// `detail` is about this occurrence, for a person: what happened, to what, what to do.
  explicit Problem(unsigned status, std::string detail = {});

  /// A URI for this kind of problem, with its title. Without: about:blank, and the status's phrase.
  Problem& kind(std::string type, std::string title);
  /// A member beside the standard ones (RFC 9457 section 3.2).
  Problem& member(std::string name, std::string value);
  Problem& member(std::string name, std::vector<std::string> values);

  unsigned status() const noexcept { return status_; }
  const std::string& detail() const noexcept { return detail_; }

  /// `instance` is the request's path; none if empty.
  std::string to_json(std::string_view instance) const;
  Response to_response(const Request& request) const;

 private:
  unsigned status_;
  std::string detail_;
  std::string type_ = "about:blank";
  std::string title_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::pair<std::string, std::vector<std::string>>> lists_;
};

/// "Not Found" for 404 (RFC 9110 section 15); "Unknown" for what is not registered.
std::string reason_phrase(unsigned status);

}  // namespace hiveframe::net
