#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "net/response.hpp"

namespace hiveframe::net {

/// How an answer's end is told (RFC 9112 section 6).
struct Framing {
  std::optional<std::size_t> length;  ///< Content-Length; none: a stream, or no body at all (204, 304)
  bool chunked = false;
  bool keep_alive = true;
};

/// Status line and fields up to the empty line. Besides what the handler gave: Date, the length, and what
/// keeps browsers from guessing types, storing answers, or showing them inside other pages. Control
/// characters in what the handler gave become spaces, so that no value can end a line.
std::string response_head(const Response& response, const Framing& framing,
                          std::chrono::system_clock::time_point now);

/// "Tue, 15 Nov 1994 08:12:31 GMT" (RFC 9110 section 5.6.7).
std::string http_date(std::chrono::system_clock::time_point time);

/// Whether an answer of that status never has a body (RFC 9110 section 6.4.1).
bool is_bodiless(unsigned status) noexcept;

}  // namespace hiveframe::net
