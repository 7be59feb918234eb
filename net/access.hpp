#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/secret.hpp"

namespace hiveframe::net {

/// What a client must show before anything but an open route answers it.
enum class Credentials : std::uint8_t {
  none,
  token,
  certificate,
  token_or_certificate,
  token_and_certificate,
};

/// Who may use a listener. Plain settings.
struct Access {
  Credentials required = Credentials::none;
  std::vector<config::Secret> tokens;  ///< each is right; empty ones count for nothing
  /// What this server may be called in a Host field, beside localhost, IP addresses and the name it listens
  /// on.
  std::vector<std::string> names;
};

}  // namespace hiveframe::net
