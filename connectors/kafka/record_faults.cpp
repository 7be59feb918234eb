#include "connectors/kafka/record_faults.hpp"

#include <librdkafka/rdkafka.h>

namespace hiveframe::connectors::kafka {

bool is_the_records_fault(int code) noexcept {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
      return true;
    default:
      return false;
  }
}

std::string refusal_of(int code, const std::string& answer) {
  if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    return "the brokers refuse it as too long: raise the topic's max.message.bytes, or filter it out";
  return "the brokers refuse it: " + answer;
}

}  // namespace hiveframe::connectors::kafka
