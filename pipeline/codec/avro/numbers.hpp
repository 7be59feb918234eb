#pragma once

#include <cstdint>
#include <optional>

#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

/// The integer that a number is, whatever its kind; nothing if it has a fraction, is beyond 64 bits, or no
/// number.
[[nodiscard]] std::optional<std::int64_t> exact_integer(const record::Value& value) noexcept;
/// The double that a number is: of a decimal the one whose shortest text is the same number; nothing where
/// digits would be lost.
[[nodiscard]] std::optional<double> exact_float64(const record::Value& value) noexcept;
/// The nearest float; of integers only the same number, and nothing beyond its range.
[[nodiscard]] std::optional<float> nearest_float32(const record::Value& value) noexcept;

}  // namespace hiveframe::codec::avro
