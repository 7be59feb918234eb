#pragma once

#include <cstdint>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// Whether two values are the same: numbers of every kind if they are the same number (NaN equals
/// nothing), text and bytes octet by octet, times within their kind, lists item by item, objects
/// whatever the order of their members.
bool equal(const Value& left, const Value& right);

/// The same for who has so much time and no more: `work` goes down by one for each item or member looked at,
/// each four bytes of text, and some for a decimal. It is 0 when there was not enough of it; the answer then
/// means nothing.
bool equal_within(const Value& left, const Value& right, std::uint64_t& work);

}  // namespace hiveframe::record
