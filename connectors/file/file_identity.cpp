#include "connectors/file/file_identity.hpp"

#include <charconv>
#include <fmt/format.h>
#include <optional>

#include "pipeline/codec/byte_digest.hpp"

namespace hiveframe::connectors::file {
namespace {

std::string identity_text(std::uint64_t device, std::uint64_t inode, std::string_view hashed) {
  codec::ByteDigest digest;
  digest.add(hashed);
  return fmt::format("device {} inode {} sha256 of the first {} bytes {}", device, inode, hashed.size(),
                     digest.sha256());
}

std::optional<std::size_t> hashed_bytes(std::string_view text) {
  constexpr std::string_view before = " of the first ";
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  std::size_t bytes = 0;
  const char* begin = text.data() + at + before.size();
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), bytes);
  if (error != std::errc() || end == begin) return std::nullopt;
  return bytes;
}

}  // namespace

FileIdentity::FileIdentity(const FileStream& file)
    : device_(file.status().st_dev), inode_(file.status().st_ino), head_(file.head(hashed_at_most)) {}

std::string FileIdentity::text() const { return identity_text(device_, inode_, head_); }

bool FileIdentity::is_same(std::string_view stored) const {
  const std::optional<std::size_t> hashed = hashed_bytes(stored);
  if (!hashed || *hashed > head_.size()) return false;
  return stored == identity_text(device_, inode_, std::string_view(head_).substr(0, *hashed));
}

}  // namespace hiveframe::connectors::file
