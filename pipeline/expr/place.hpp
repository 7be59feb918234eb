#pragma once

#include <cstddef>
#include <string>

#include "config/text.hpp"

namespace hiveframe::expr {

/// Where byte `offset` of an expression stands, for messages: "at orders.yaml:4:25"; "at column 12" or "at
/// line 2, column 5" of its own text if it stands in no file.
std::string describe_place(const config::LocatedText& text, std::size_t offset);

}  // namespace hiveframe::expr
