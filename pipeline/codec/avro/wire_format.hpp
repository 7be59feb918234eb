#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hiveframe::codec::avro {

// The wire format of Confluent's serializers, which others write, too: a zero, the id that a registry gave
// the schema (four bytes, the highest first), and the datum in Avro's binary encoding.

inline constexpr std::size_t header_bytes = 5;

/// The id of the schema that the bytes were written with; nothing if they do not begin so.
inline std::optional<std::uint32_t> schema_id_of(std::string_view bytes) noexcept {
  if (bytes.size() < header_bytes || bytes.front() != '\0') return std::nullopt;
  std::uint32_t id = 0;
  for (const char c : bytes.substr(1, header_bytes - 1))
    id = (id << 8U) | static_cast<unsigned char>(c);
  return id;
}

inline std::array<char, header_bytes> header_of(std::uint32_t id) noexcept {
  return {'\0', static_cast<char>(id >> 24U), static_cast<char>(id >> 16U), static_cast<char>(id >> 8U),
          static_cast<char>(id)};
}

}  // namespace hiveframe::codec::avro
