#pragma once

#include <string_view>

namespace hiveframe::connectors::file {

/// Whether `head`, which begins with '[', can be the beginning of JSON (RFC 8259): arrays or objects, one
/// after the other. "[info] started" and "[2024-01-01] x" cannot. Once a comma or colon has shown that
/// somebody meant JSON, what is wrong after it is for the decoder to say. `head` may end anywhere.
bool may_begin_json_array(std::string_view head) noexcept;

}  // namespace hiveframe::connectors::file
