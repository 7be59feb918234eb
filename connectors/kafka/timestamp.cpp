#include "connectors/kafka/timestamp.hpp"

#include <charconv>
#include <optional>

#include "pipeline/record/time_text.hpp"

namespace hiveframe::connectors::kafka {

std::int64_t milliseconds_of(const record::Value& timestamp) noexcept {
  return timestamp.seconds() * 1000 + timestamp.nanos() / 1'000'000;
}

bool read_timestamp(std::string_view text, std::int64_t& ms) noexcept {
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, ms);
  if (error == std::errc() && read == end) return ms >= 0;
  const std::optional<record::Value> parsed = record::parse_timestamp(text);
  if (!parsed || parsed->local()) return false;
  ms = milliseconds_of(*parsed);
  return ms >= 0;
}

}  // namespace hiveframe::connectors::kafka
