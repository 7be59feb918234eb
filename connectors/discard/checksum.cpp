#include "connectors/discard/checksum.hpp"

#include <bit>
#include <cstring>
#include <string_view>

namespace hiveframe::connectors::discard {
namespace {

using record::Kind;

// Quick and order-sensitive; nothing here is hostile.
std::uint64_t mix(std::uint64_t sum, std::uint64_t word) noexcept {
  return (std::rotl(sum, 5) ^ word) * 0x9e3779b97f4a7c15ULL;
}

std::uint64_t mix(std::uint64_t sum, std::string_view text) noexcept {
  sum = mix(sum, text.size());
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    sum = mix(sum, word);
    text.remove_prefix(sizeof word);
  }
  for (const char c : text)
    sum = mix(sum, static_cast<unsigned char>(c));
  return sum;
}

}  // namespace

std::uint64_t checksum(const record::Value& value, std::uint64_t sum) noexcept {
  sum = mix(sum, static_cast<std::uint64_t>(value.kind()));
  switch (value.kind()) {
    case Kind::null:
      break;
    case Kind::boolean:
      return mix(sum, value.as_boolean() ? 1U : 0U);
    case Kind::int64:
    case Kind::uint64:
      return mix(sum, value.as_uint64());
    case Kind::float64:
      return mix(sum, std::bit_cast<std::uint64_t>(value.as_float64()));
    case Kind::decimal:
    case Kind::string:
    case Kind::bytes:
      return mix(sum, value.text());
    case Kind::timestamp:
    case Kind::duration:
      return mix(mix(sum, static_cast<std::uint64_t>(value.seconds())), value.nanos());
    case Kind::date:
      return mix(sum, static_cast<std::uint64_t>(value.days()));
    case Kind::list:
      sum = mix(sum, value.items().size());
      for (const record::Value& item : value.items())
        sum = checksum(item, sum);
      break;
    case Kind::object:
      sum = mix(sum, value.members().size());
      for (const record::Member& member : value.members())
        sum = checksum(member.value, mix(sum, member.name));
      break;
  }
  return sum;
}

}  // namespace hiveframe::connectors::discard
