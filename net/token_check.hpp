#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "config/secret.hpp"

namespace hiveframe::net {

/// Compares what a client gives as its token with those that are right, in a time that depends on the
/// client's own text only: SHA-256 of both, and the digests as a whole, each of them.
class TokenCheck {
 public:
  /// An empty token is none. More than one may be right while a token is being exchanged for the next.
  explicit TokenCheck(const std::vector<config::Secret>& tokens);

  bool matches(std::string_view given) const;
  bool empty() const noexcept { return digests_.empty(); }

 private:
  using Digest = std::array<std::uint8_t, 32>;
  static Digest digest(std::string_view text);

  std::vector<Digest> digests_;
};

/// The token of an Authorization field `Bearer <token>` (RFC 6750 section 2.1); nothing if it is anything
/// else.
std::optional<std::string_view> bearer_token(std::string_view field);

}  // namespace hiveframe::net
