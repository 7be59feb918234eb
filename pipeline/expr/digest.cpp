#include "pipeline/expr/digest.hpp"

#include <algorithm>
#include <cstring>
#include <openssl/evp.h>
#include <stdexcept>
#include <xxhash.h>

namespace hiveframe::expr {
namespace {

constexpr std::string_view figures = "0123456789abcdef";

void digest(const EVP_MD* algorithm, std::string_view first, std::string_view second, unsigned char* to) {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const bool good = context != nullptr && EVP_DigestInit_ex(context, algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context, first.data(), first.size()) == 1 &&
                    EVP_DigestUpdate(context, second.data(), second.size()) == 1 &&
                    EVP_DigestFinal_ex(context, to, nullptr) == 1;
  EVP_MD_CTX_free(context);
  if (!good) throw std::runtime_error("OpenSSL has no SHA-1 or SHA-256");
}

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

constexpr bool is_hyphen(std::size_t at) noexcept { return at == 8 || at == 13 || at == 18 || at == 23; }

Uuid of_version(Uuid uuid, unsigned version) noexcept {
  uuid[6] = static_cast<unsigned char>((uuid[6] & 0x0F) | version << 4);
  uuid[8] = static_cast<unsigned char>((uuid[8] & 0x3F) | 0x80);
  return uuid;
}

}  // namespace

std::uint32_t murmur2(std::string_view bytes) noexcept {
  constexpr std::uint32_t multiplier = 0x5bd1e995;
  std::uint32_t hash = 0x9747b28c ^ static_cast<std::uint32_t>(bytes.size());
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));  // little-endian, as this machine
    word *= multiplier;
    word ^= word >> 24;
    hash = (hash * multiplier) ^ (word * multiplier);
  }
  for (std::size_t i = bytes.size(); i > 0; --i)
    hash ^= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i - 1])) << (8 * (i - 1));
  if (!bytes.empty()) hash *= multiplier;
  hash ^= hash >> 13;
  hash *= multiplier;
  return hash ^ (hash >> 15);
}

std::uint64_t xxhash64(std::string_view bytes) noexcept { return XXH64(bytes.data(), bytes.size(), 0); }

std::array<char, 64> sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> sum;
  digest(EVP_sha256(), bytes, {}, sum.data());
  std::array<char, 64> hex;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    hex[2 * i] = figures[sum[i] >> 4];
    hex[2 * i + 1] = figures[sum[i] & 15];
  }
  return hex;
}

std::optional<Uuid> read_uuid(std::string_view text) noexcept {
  Uuid uuid{};
  if (text.size() != 36) return std::nullopt;
  std::size_t digits = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_hyphen(at)) {
      if (text[at] != '-') return std::nullopt;
      continue;
    }
    const int digit = digit_of(text[at]);
    if (digit < 0) return std::nullopt;
    unsigned char& byte = uuid[digits++ / 2];
    byte = static_cast<unsigned char>(byte << 4 | digit);
  }
  return uuid;
}

std::array<char, 36> write_uuid(const Uuid& uuid) noexcept {
  std::array<char, 36> text;
  std::size_t digits = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_hyphen(at)) {
      text[at] = '-';
      continue;
    }
    const unsigned byte = uuid[digits / 2];
    text[at] = figures[digits % 2 == 0 ? byte >> 4 : byte & 15];
    ++digits;
  }
  return text;
}

Uuid random_uuid(const Uuid& bits) noexcept { return of_version(bits, 4); }

Uuid name_uuid(const Uuid& name_space, std::string_view name) {
  std::array<unsigned char, 20> sum;
  digest(EVP_sha1(), {reinterpret_cast<const char*>(name_space.data()), name_space.size()}, name, sum.data());
  Uuid uuid;
  std::copy_n(sum.begin(), uuid.size(), uuid.begin());
  return of_version(uuid, 5);
}

}  // namespace hiveframe::expr
