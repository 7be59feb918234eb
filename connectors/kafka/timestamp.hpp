#pragma once

#include <cstdint>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::connectors::kafka {

// Kafka's timestamps are milliseconds since 1970, UTC.

/// Of a UTC timestamp.
std::int64_t milliseconds_of(const record::Value& timestamp) noexcept;
/// What a text says: an integer is the milliseconds, else it is RFC 3339 with a zone. False: it is neither,
/// or before 1970, which Kafka has no timestamps for.
bool read_timestamp(std::string_view text, std::int64_t& ms) noexcept;

}  // namespace hiveframe::connectors::kafka
