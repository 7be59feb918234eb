#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::expr {

/// MurmurHash2 of 32 bits with the seed 0x9747b28c: what Kafka's Java client chooses a partition by, of
/// (hash & 0x7fffffff) % partitions.
std::uint32_t murmur2(std::string_view bytes) noexcept;
/// XXH64 with the seed 0.
std::uint64_t xxhash64(std::string_view bytes) noexcept;
/// SHA-256 (FIPS 180-4), in hex.
std::array<char, 64> sha256_hex(std::string_view bytes);

using Uuid = std::array<unsigned char, 16>;
/// As RFC 9562 writes it: 8-4-4-4-12 digits in hex, in any case. Nothing if it is none.
std::optional<Uuid> read_uuid(std::string_view text) noexcept;
std::array<char, 36> write_uuid(const Uuid& uuid) noexcept;
/// Version 4 of RFC 9562, of random bits.
Uuid random_uuid(const Uuid& bits) noexcept;
/// Version 5: of a name in a namespace, by SHA-1.
Uuid name_uuid(const Uuid& name_space, std::string_view name);

}  // namespace hiveframe::expr
