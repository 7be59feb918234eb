#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hiveframe::expr {

// Finding texts in texts, in time by the sum of their lengths, whatever they are: string_view's own functions
// begin anew at each first character.

/// The first place of `part` at or behind byte `from`, which is at most text.size(); npos: none.
std::size_t find_text(std::string_view text, std::string_view part, std::size_t from) noexcept;

/// The last place of `part` at or before byte `last`; npos: none. `table` has room for as many numbers as
/// part has bytes.
std::size_t find_last_text(std::string_view text, std::string_view part, std::size_t last,
                           std::span<std::uint32_t> table) noexcept;

}  // namespace hiveframe::expr
