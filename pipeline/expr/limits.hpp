#pragma once

#include <cstddef>
#include <cstdint>

namespace hiveframe::expr {

// Bounds that make every expression end, soon, within a thread's stack and its share of memory.

inline constexpr std::size_t max_expression_bytes = 64 * 1024;
/// Levels of an expression; a chain `a + b + c` has one level for each operator. CEL asks for 32.
inline constexpr std::size_t max_depth = 200;
/// Macros inside each other.
inline constexpr std::size_t max_macro_depth = 16;
/// Items that the macros of one evaluation look at, all together.
inline constexpr std::uint64_t max_macro_steps = 10'000'000;
/// Bytes of text, lists and maps that one evaluation makes.
inline constexpr std::size_t max_new_bytes = 256 * 1024 * 1024;

}  // namespace hiveframe::expr
