#pragma once

#include <cstddef>
#include <string_view>

namespace hiveframe::codec::json {

/// The end of the list or object whose bracket stands at `begin`: one past the bracket that closes it. 0
/// where it does not end in `text`, or where something is odd about it (a bracket that another should close,
/// or where no value can begin; a line that ends within a string; very deep nesting), so that it must be
/// looked at byte by byte. Looks at 64 bytes at a time, as simdjson does (Langdale and Lemire, "Parsing
/// Gigabytes of JSON per Second", section 3.1), but follows brackets only.
std::size_t value_end(std::string_view text, std::size_t begin) noexcept;

}  // namespace hiveframe::codec::json
