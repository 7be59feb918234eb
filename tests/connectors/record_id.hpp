#pragma once

#include <cstdint>
#include <string_view>

#include "pipeline/expr/template.hpp"

namespace hiveframe::connectors {

/// By what test connectors know a record unless they are told: `record.id`, empty where there is none.
expr::Template record_id();

/// Whether a record with this id is one of every `modulo`. An id that is no whole number never is, and with 0
/// none is.
bool is_one_of_every(std::uint64_t modulo, std::string_view id);

}  // namespace hiveframe::connectors
