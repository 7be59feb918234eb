#include "net/token_check.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdexcept>

#include "net/ascii_case.hpp"

namespace hiveframe::net {

TokenCheck::TokenCheck(const std::vector<config::Secret>& tokens) {
  for (const config::Secret& each : tokens) {
    if (!each.empty()) digests_.push_back(digest(each.reveal()));
  }
}

bool TokenCheck::matches(std::string_view given) const {
  const Digest presented = digest(given);
  bool found = false;
  for (const Digest& each : digests_) {
    const bool same = CRYPTO_memcmp(each.data(), presented.data(), each.size()) == 0;
    found = found || same;
  }
  return found;
}

TokenCheck::Digest TokenCheck::digest(std::string_view text) {
  Digest result{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), result.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  return result;
}

std::optional<std::string_view> bearer_token(std::string_view field) {
  static constexpr std::string_view scheme = "Bearer";
  if (field.size() <= scheme.size() || !equal_ignoring_case(field.substr(0, scheme.size()), scheme))
    return std::nullopt;
  field.remove_prefix(scheme.size());
  const std::size_t begin = field.find_first_not_of(' ');
  if (begin == 0 || begin == std::string_view::npos) return std::nullopt;
  field.remove_prefix(begin);
  return field.find_first_of(" \t,") == std::string_view::npos ? std::optional(field) : std::nullopt;
}

}  // namespace hiveframe::net
