#include "connectors/kafka/membership.hpp"

#include <librdkafka/rdkafka.h>

namespace hiveframe::connectors::kafka {
namespace {

constexpr char behind_cluster = '\n';

}  // namespace

void ReleaseMembership::operator()(rd_kafka_consumer_group_metadata_t* metadata) const noexcept {
  rd_kafka_consumer_group_metadata_destroy(metadata);
}

std::string membership_of(rd_kafka_t* consumer) {
  const Membership metadata(rd_kafka_consumer_group_metadata(consumer));
  if (!metadata) return {};
  void* bytes = nullptr;
  std::size_t size = 0;
  if (rd_kafka_error_t* const error = rd_kafka_consumer_group_metadata_write(metadata.get(), &bytes, &size)) {
    rd_kafka_error_destroy(error);
    return {};
  }
  std::string membership;
  // What is known already is answered without waiting.
  if (char* const cluster = rd_kafka_clusterid(consumer, 0)) {
    membership = cluster;
    rd_kafka_mem_free(consumer, cluster);
  }
  membership += behind_cluster;
  membership.append(static_cast<const char*>(bytes), size);
  rd_kafka_mem_free(consumer, bytes);
  return membership;
}

Membership read_membership(const std::string& bytes) {
  const std::size_t begin = bytes.find(behind_cluster);
  if (begin == std::string::npos) return nullptr;
  rd_kafka_consumer_group_metadata_t* metadata = nullptr;
  if (rd_kafka_error_t* const error = rd_kafka_consumer_group_metadata_read(
          &metadata, bytes.data() + begin + 1, bytes.size() - begin - 1)) {
    rd_kafka_error_destroy(error);
    return nullptr;
  }
  return Membership(metadata);
}

std::string cluster_of(const std::string& membership) {
  const std::size_t end = membership.find(behind_cluster);
  return end == std::string::npos ? std::string() : membership.substr(0, end);
}

}  // namespace hiveframe::connectors::kafka
