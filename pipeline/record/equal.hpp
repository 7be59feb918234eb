#pragma once

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// Whether two values are the same: numbers of every kind if they are the same number (NaN equals
/// nothing), text and bytes octet by octet, times within their kind, lists item by item, objects
/// whatever the order of their members.
bool equal(const Value& left, const Value& right);

}  // namespace hiveframe::record
