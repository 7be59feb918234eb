#pragma once

#include <string>

namespace hiveframe::connectors::kafka {

/// Whether brokers would refuse another attempt, too, for what the record is.
bool is_the_records_fault(int code) noexcept;
/// Why such a record is refused, and what can be done; `answer` is what librdkafka says.
std::string refusal_of(int code, const std::string& answer);

}  // namespace hiveframe::connectors::kafka
