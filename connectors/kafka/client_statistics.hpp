#pragma once

#include <string_view>
#include <vector>

#include "pipeline/report.hpp"

namespace hiveframe::connectors::kafka {

/// What librdkafka says of itself every few seconds, as far as an operator wants it.
struct ClientStatistics {
  bool any_broker_up = false;
  std::vector<pipeline::Measure> measures;
};

/// Reads librdkafka's statistics (its STATISTICS.md). What is not there, or is none, is left out: they come
/// from the library we are linked with, which may leave out what it does not know yet.
ClientStatistics read_statistics(std::string_view json);

}  // namespace hiveframe::connectors::kafka
