#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

namespace detail {

/// Whether the first and the last bytes of two texts are the same, as many as Word has: all bytes of texts
/// that are up to twice as long.
template <class Word>
bool same_ends(const char* a, const char* b, std::size_t size) noexcept {
  Word first[2];
  Word last[2];
  std::memcpy(&first[0], a, sizeof(Word));
  std::memcpy(&first[1], b, sizeof(Word));
  std::memcpy(&last[0], a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&last[1], b + size - sizeof(Word), sizeof(Word));
  return first[0] == first[1] && last[0] == last[1];
}

}  // namespace detail

/// `a == b` for names and the short texts that conditions are made of: a call of memcmp costs more than
/// comparing those.
inline bool same_text(std::string_view a, std::string_view b) noexcept {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) return detail::same_ends<std::uint64_t>(a.data(), b.data(), size);
  if (size >= 4) return detail::same_ends<std::uint32_t>(a.data(), b.data(), size);
  if (size >= 2) return detail::same_ends<std::uint16_t>(a.data(), b.data(), size);
  return size == 0 || a[0] == b[0];
}

/// The index of the member of that name, or how many there are.
inline std::size_t position(std::span<const record::Member> members, std::string_view name) noexcept {
  std::size_t at = 0;
  while (at < members.size() && !same_text(members[at].name, name))
    ++at;
  return at;
}

/// Value::find() with same_text().
inline const record::Value* find_member(const record::Value& object, std::string_view name) noexcept {
  if (!object.is(record::Kind::object)) return nullptr;
  const std::span<const record::Member> members = object.members();
  const std::size_t at = position(members, name);
  return at < members.size() ? &members[at].value : nullptr;
}

}  // namespace hiveframe::expr
