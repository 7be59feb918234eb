#pragma once

#include <cstddef>
#include <optional>

#include "pipeline/codec/avro/schema.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

/// The branch of a union that a value is written as: the first that it is of (a string is a string, and a
/// symbol where it is one), else the first that it can be written as without loss; nothing if there is none.
/// Looks at an object's names, not at what it holds, so that a record of which only a field is wrong is still
/// that record.
[[nodiscard]] std::optional<std::size_t> branch_of(const Type& alternatives, const record::Value& value);

/// Whether null is written as this type.
[[nodiscard]] bool takes_null(const Type& type) noexcept;

}  // namespace hiveframe::codec::avro
