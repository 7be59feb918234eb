#include "pipeline/codec/utf8.hpp"

#include <fmt/format.h>
#include <simdjson.h>

namespace hiveframe::codec {
namespace {

/// The offset of the first byte that begins no well-formed sequence (Unicode 15, table 3-7).
std::size_t first_malformed(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t at = 0;
  while (at < text.size()) {
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t more = lead >= 0xC2 && lead <= 0xDF   ? 1
                             : lead >= 0xE0 && lead <= 0xEF ? 2
                             : lead >= 0xF0 && lead <= 0xF4 ? 3
                                                            : 0;
    if (more == 0 || text.size() - at <= more) return at;
    // The second byte's range keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
    const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (byte(at + 1) < low || byte(at + 1) > high) return at;
    for (std::size_t i = 2; i <= more; ++i) {
      if (byte(at + i) < 0x80 || byte(at + i) > 0xBF) return at;
    }
    at += more + 1;
  }
  return at;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept { return simdjson::validate_utf8(text.data(), text.size()); }

std::optional<record::DataError> utf8_error(std::string_view text) {
  if (is_utf8(text)) return std::nullopt;
  const std::size_t at = first_malformed(text);
  return record::DataError{record::DataError::Type::encoding,
                           fmt::format("invalid UTF-8: byte {} (0x{:02x}) is no part of a character", at + 1,
                                       static_cast<unsigned char>(text[at]))};
}

}  // namespace hiveframe::codec
