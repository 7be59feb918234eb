#pragma once

#include <string>
#include <string_view>

namespace hiveframe::connectors::kafka {

/// What keeps a text from being a topic's name, as a clause; empty: nothing does. By Kafka's own rule
/// (org.apache.kafka.common.internals.Topic).
std::string wrong_with_topic(std::string_view name);

}  // namespace hiveframe::connectors::kafka
