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
/// What one evaluation may do, all in all: about half a second, and some seconds at the very worst. One is a
/// few nanoseconds: an item that `in` or `==` looks at, a member on the way to another, four bytes of text.
inline constexpr std::uint64_t max_work = 160'000'000;
/// An item of a macro is so much, beside what is done with it: ten million items in all.
inline constexpr std::uint64_t macro_item_work = 16;
/// After so much work an evaluation looks whether it is still wanted.
inline constexpr std::uint64_t work_between_looks = 65'536;
/// Bytes of text, lists and maps that one evaluation makes, if its caller allows no fewer.
inline constexpr std::size_t max_new_bytes = 256 * 1024 * 1024;

}  // namespace hiveframe::expr
