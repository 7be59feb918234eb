#include "connectors/kafka/handles.hpp"

#include <librdkafka/rdkafka.h>

namespace hiveframe::connectors::kafka {

void Release::operator()(rd_kafka_t* client) const noexcept {
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}
void Release::operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
void Release::operator()(rd_kafka_topic_t* topic) const noexcept { rd_kafka_topic_destroy(topic); }
void Release::operator()(rd_kafka_queue_t* queue) const noexcept { rd_kafka_queue_destroy(queue); }
void Release::operator()(rd_kafka_topic_partition_list_t* list) const noexcept {
  rd_kafka_topic_partition_list_destroy(list);
}
void Release::operator()(rd_kafka_headers_t* headers) const noexcept { rd_kafka_headers_destroy(headers); }
void Release::operator()(rd_kafka_message_t* message) const noexcept { rd_kafka_message_destroy(message); }
void Release::operator()(const rd_kafka_metadata_t* metadata) const noexcept {
  rd_kafka_metadata_destroy(metadata);
}

}  // namespace hiveframe::connectors::kafka
