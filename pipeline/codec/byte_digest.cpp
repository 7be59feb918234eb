#include "pipeline/codec/byte_digest.hpp"

#include <array>
#include <new>
#include <openssl/evp.h>

namespace hiveframe::codec {

struct ByteDigest::Hash {
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

ByteDigest::ByteDigest() : hash_(std::make_unique<Hash>()) {
  // Either fails only for want of memory.
  if (!hash_->context || EVP_DigestInit_ex(hash_->context.get(), EVP_sha256(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

ByteDigest::~ByteDigest() = default;

void ByteDigest::add(std::string_view bytes) {
  EVP_DigestUpdate(hash_->context.get(), bytes.data(), bytes.size());
  length_ += bytes.size();
  if (head_.size() < head_bytes) head_ += bytes.substr(0, head_bytes - head_.size());
}

std::string ByteDigest::sha256() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
  unsigned size = 0;
  EVP_DigestFinal_ex(hash_->context.get(), octets.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += digits[octets[i] >> 4];
    hex += digits[octets[i] & 15];
  }
  return hex;
}

}  // namespace hiveframe::codec
