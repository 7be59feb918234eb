#pragma once

#include <span>

#include "pipeline/expr/function.hpp"

namespace hiveframe::expr {

// The rows of functions(), by the files that do their work.

/// Of single texts: charAt, indexOf, substring, upperAscii, quote, …
std::span<const Function> text_functions() noexcept;
/// That take texts to pieces and put them together: replace, split, join, format.
std::span<const Function> text_part_functions() noexcept;
/// Of `math`, for all numbers.
std::span<const Function> number_functions() noexcept;
/// Of `math`, for the bits of integers.
std::span<const Function> bit_functions() noexcept;
/// JSON, digests, identifiers.
std::span<const Function> data_functions() noexcept;
/// Times as text of any form.
std::span<const Function> time_functions() noexcept;

}  // namespace hiveframe::expr
