#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/record/data_error.hpp"

namespace hiveframe::codec {

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The error for text that is not UTF-8, naming its first wrong byte (counted from 1); nothing if it is.
std::optional<record::DataError> utf8_error(std::string_view text);

}  // namespace hiveframe::codec
