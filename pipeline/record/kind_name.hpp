#pragma once

#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// A kind as messages name it: "null", "a boolean", "an integer", "a list".
std::string_view with_article(Kind kind) noexcept;

}  // namespace hiveframe::record
