#pragma once

#include <cstdint>

#include "pipeline/record/value.hpp"

namespace hiveframe::connectors::discard {

/// Folds every byte and number of a value, names of members too, into `sum`.
std::uint64_t checksum(const record::Value& value, std::uint64_t sum) noexcept;

}  // namespace hiveframe::connectors::discard
