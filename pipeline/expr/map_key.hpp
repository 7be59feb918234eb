#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

// Keys of maps. Those of records are texts; a map that an expression makes may have integers, true and false,
// too, as CEL has it. Such a key stands among the members by a name that no text is: it is no UTF-8. Equal
// keys have the same name: 1, 1u and 1.0. No such name leaves an evaluation.

/// Room for the name of a key that is no text.
using KeyRoom = std::array<char, 40>;

/// The name of a key; what is no text is written into `room`. Nothing for what is no key of a map.
std::optional<std::string_view> key_name(const record::Value& key, KeyRoom& room) noexcept;
/// The name of the key that is looked for: 1.0 looks for 1, and 1.5 for one that no map has.
std::optional<std::string_view> wanted_name(const record::Value& key, KeyRoom& room) noexcept;

/// Whether it is the name of a key that is no text.
constexpr bool is_other_key(std::string_view name) noexcept {
  return !name.empty() && name.front() == '\xFF';
}

/// The key that has the name.
record::Value key_of(std::string_view name) noexcept;
/// As JSON names it: 1, true, or the text itself.
constexpr std::string_view key_text(std::string_view name) noexcept {
  return is_other_key(name) ? name.substr(2) : name;
}
/// For messages: 'text', 1, true.
std::string shown_key(std::string_view name);

}  // namespace hiveframe::expr
