#pragma once

#include "pipeline/expr/fault.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/expr/time_zone.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// getFullYear() and its like, of a timestamp, date or duration. `zone` is nullptr where none was given:
/// UTC, or of a local timestamp its own calendar. False where there is no such operation; the caller fills
/// in the fault.
bool read_calendar(FunctionId function, const record::Value& time, const TimeZone* zone, record::Value& out);

}  // namespace hiveframe::expr
