#pragma once

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// A copy of `value` whose text, items and members stand in `into`.
Value deep_copy(const Value& value, Arena& into);

}  // namespace hiveframe::record
