#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/record/value.hpp"

namespace hiveframe::daemon {

/// A value for people: as JSON, cut to a sane length, with nothing in it that moves a terminal's cursor.
std::string shown(const record::Value& value);
/// Bytes for people, the same way, without quotes.
std::string shown_text(std::string_view bytes);

/// Two values that differ. Of long ones the part around the first difference is shown, and where the texts
/// are the same, what kind of value each is.
std::pair<std::string, std::string> shown(const record::Value& expected, const record::Value& got);

}  // namespace hiveframe::daemon
