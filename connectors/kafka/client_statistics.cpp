#include "connectors/kafka/client_statistics.hpp"

#include <optional>
#include <rapidjson/document.h>
#include <string>
#include <utility>

namespace hiveframe::connectors::kafka {
namespace {

using Json = rapidjson::Value;
using pipeline::Measure;
using Labels = std::vector<std::pair<std::string, std::string>>;

const Json* member(const Json& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::optional<double> number(const Json& object, const char* name) {
  const Json* const found = member(object, name);
  if (found == nullptr || !found->IsNumber()) return std::nullopt;
  return found->GetDouble();
}

std::string_view text(const Json& object, const char* name) {
  const Json* const found = member(object, name);
  if (found == nullptr || !found->IsString()) return {};
  return {found->GetString(), found->GetStringLength()};
}

std::string name_of(const Json& text) { return {text.GetString(), text.GetStringLength()}; }

class Reading {
 public:
  ClientStatistics take() { return std::move(statistics_); }

  void of_client(const Json& client) {
    counter("kafka_client_requests_total", "Requests sent to brokers", number(client, "tx"));
    counter("kafka_client_sent_bytes_total", "Bytes sent to brokers", number(client, "tx_bytes"));
    counter("kafka_client_received_bytes_total", "Bytes received from brokers", number(client, "rx_bytes"));
    if (text(client, "type") == "producer") {
      gauge("kafka_producer_queue_records", "Records that are not written yet", number(client, "msg_cnt"));
      gauge("kafka_producer_queue_bytes", "Bytes of these", number(client, "msg_size"));
    }
    if (const Json* const brokers = member(client, "brokers"); brokers != nullptr && brokers->IsObject())
      for (const auto& each : brokers->GetObject())
        of_broker(each.value);
    if (const Json* const topics = member(client, "topics"); topics != nullptr && topics->IsObject())
      for (const auto& each : topics->GetObject())
        of_topic(name_of(each.name), each.value);
    if (const Json* const group = member(client, "cgrp"))
      counter("kafka_consumer_rebalances_total", "Times that the group's partitions were given anew",
              number(*group, "rebalance_cnt"));
  }

 private:
  void of_broker(const Json& broker) {
    const bool up = text(broker, "state") == "UP";
    statistics_.any_broker_up = statistics_.any_broker_up || up;
    // The coordinator has one more, by no number of its own, beside the one of its broker.
    const std::optional<double> id = number(broker, "nodeid");
    if (!id || *id < 0 || text(broker, "source") != "learned") return;
    const Labels labels{{"broker", std::string(text(broker, "nodename"))}};
    gauge("kafka_broker_up", "1: connected to the broker", up ? 1.0 : 0.0, labels);
    const Json* const trips = member(broker, "rtt");
    if (trips == nullptr || number(*trips, "cnt").value_or(0) == 0) return;
    constexpr double microsecond = 1e-6;
    if (const std::optional<double> p99 = number(*trips, "p99"))
      gauge("kafka_broker_round_trip_seconds", "How long the slowest of a hundred requests takes",
            *p99 * microsecond, labels);
  }

  void of_topic(const std::string& topic, const Json& of_topic) {
    const Json* const partitions = member(of_topic, "partitions");
    if (partitions == nullptr || !partitions->IsObject()) return;
    for (const auto& each : partitions->GetObject()) {
      // Of a consumer; not of partitions that are another member's.
      if (text(each.value, "fetch_state") != "active") continue;
      const Labels labels{{"topic", topic}, {"partition", name_of(each.name)}};
      gauge("kafka_consumer_lag_records", "Records behind the newest one that the sinks do not have yet",
            number(each.value, "consumer_lag"), labels);
      gauge("kafka_consumer_queue_records", "Records fetched, and not read yet",
            number(each.value, "fetchq_cnt"), labels);
      gauge("kafka_consumer_queue_bytes", "Bytes of these", number(each.value, "fetchq_size"), labels);
    }
  }

  void gauge(const char* name, const char* help, std::optional<double> value, Labels labels = {}) {
    add(name, help, Measure::Type::gauge, value, std::move(labels));
  }
  void counter(const char* name, const char* help, std::optional<double> value, Labels labels = {}) {
    add(name, help, Measure::Type::counter, value, std::move(labels));
  }
  void add(const char* name, const char* help, Measure::Type type, std::optional<double> value,
           Labels labels) {
    // -1 is what librdkafka does not know yet.
    if (value && *value >= 0) statistics_.measures.push_back({name, help, type, std::move(labels), *value});
  }

  ClientStatistics statistics_;
};

}  // namespace

ClientStatistics read_statistics(std::string_view json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  Reading reading;
  if (!document.HasParseError()) reading.of_client(document);
  return reading.take();
}

}  // namespace hiveframe::connectors::kafka
