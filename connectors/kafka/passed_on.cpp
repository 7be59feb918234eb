#include "connectors/kafka/passed_on.hpp"

#include <algorithm>
#include <array>
#include <librdkafka/rdkafka.h>
#include <span>
#include <string_view>

#include "config/did_you_mean.hpp"
#include "connectors/kafka/handles.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using namespace config;

/// A key that is not passed on, and what to write instead.
struct Owned {
  std::string_view key;
  std::string_view instead;
};

// Both names where librdkafka has two.
constexpr std::array both = std::to_array<Owned>({
    {"bootstrap.servers", "set 'bootstrap_servers'"},
    {"metadata.broker.list", "set 'bootstrap_servers'"},
    {"security.protocol", "set 'security_protocol'"},
    {"sasl.mechanism", "set 'sasl_mechanism'"},
    {"sasl.mechanisms", "set 'sasl_mechanism'"},
    {"sasl.username", "set 'sasl_username'"},
    {"sasl.password", "set 'sasl_password'"},
    {"ssl.ca.location", "set 'ssl_ca'"},
    {"ssl.certificate.location", "set 'ssl_cert'"},
    {"ssl.key.location", "set 'ssl_key'"},
    {"ssl.key.password", "set 'ssl_key_password'"},
    {"statistics.interval.ms", "leave it out; lag and broker times are among the metrics anyway"},
    {"enabled_events", "leave it out; errors and logs are shown anyway"},
    {"log.queue", "leave it out; librdkafka's log is shown anyway"},
    {"builtin.features", "leave it out; it cannot be set"},
});
constexpr std::array of_consumer = std::to_array<Owned>({
    {"group.id", "set 'group_id'"},
    {"group.instance.id", "set 'instance_id'"},
    {"client.rack", "set 'rack_id'"},
    {"isolation.level", "set 'isolation_level'"},
    {"session.timeout.ms", "set 'session_timeout_ms'"},
    {"heartbeat.interval.ms", "set 'heartbeat_interval_ms'"},
    {"auto.offset.reset", "set 'auto_offset_reset'"},
    {"enable.auto.commit", "leave it out; an offset is committed when the sinks have what is before it"},
    {"auto.commit.enable", "leave it out; an offset is committed when the sinks have what is before it"},
    {"auto.commit.interval.ms", "leave it out; an offset is committed when the sinks have what is before it"},
    {"enable.auto.offset.store",
     "leave it out; an offset is committed when the sinks have what is before it"},
    {"enable.partition.eof", "set 'stop_at: end' to read up to the end and no further"},
    {"queued.max.messages.kbytes", "set the daemon's 'memory_limit', which it follows"},
    {"group.protocol", "leave it out; the classic protocol is the one that is spoken"},
});
constexpr std::array of_producer = std::to_array<Owned>({
    {"acks", "set 'acks'"},
    {"request.required.acks", "set 'acks'"},
    {"retries", "set 'retries'"},
    {"message.send.max.retries", "set 'retries'"},
    {"linger.ms", "set 'linger_ms'"},
    {"queue.buffering.max.ms", "set 'linger_ms'"},
    {"batch.size", "set 'batch_size'"},
    {"compression.type", "set 'compression_type'"},
    {"compression.codec", "set 'compression_type'"},
    {"enable.idempotence", "set 'idempotence'"},
    {"transactional.id", "set 'transactional_id'"},
    {"partitioner", "set 'partition_field' to choose partitions; keys go where Java's clients send them"},
    {"message.timeout.ms", "leave it out; a record is tried until it is written or the pipeline stops"},
    {"delivery.timeout.ms", "leave it out; a record is tried until it is written or the pipeline stops"},
    {"queue.buffering.max.messages", "set the daemon's 'memory_limit', which it follows"},
    {"queue.buffering.max.kbytes", "set the daemon's 'memory_limit', which it follows"},
    {"dr_msg_cb", "leave it out; it cannot be set"},
});

const Owned* owned(std::string_view key, Role role) {
  const auto in = [key](std::span<const Owned> keys) -> const Owned* {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [key](const Owned& each) { return each.key == key; });
    return found == keys.end() ? nullptr : &*found;
  };
  if (const Owned* found = in(both)) return found;
  return role == Role::consumer ? in(of_consumer) : in(of_producer);
}

/// What could have been meant: all keys that librdkafka has a value for, but for ours.
std::vector<std::string> known_keys(const rd_kafka_conf_t* conf, Role role) {
  std::size_t count = 0;
  const char** const dump = rd_kafka_conf_dump(const_cast<rd_kafka_conf_t*>(conf), &count);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i + 1 < count; i += 2)
    if (owned(dump[i], role) == nullptr) keys.emplace_back(dump[i]);
  rd_kafka_conf_dump_free(dump, count);
  return keys;
}

std::string letters_of(std::string_view key) {
  std::string letters;
  for (const char c : key)
    if (c != '.' && c != '_' && c != '-') letters += c;
  return letters;
}

/// What to do about a key that librdkafka does not know.
std::string meant_by(std::string_view key, const rd_kafka_conf_t* conf, Role role) {
  const std::string letters = letters_of(key);
  const auto same = [&letters](const Owned& each) { return letters_of(each.key) == letters; };
  const std::span<const Owned> of_role =
      role == Role::consumer ? std::span<const Owned>(of_consumer) : std::span<const Owned>(of_producer);
  for (const std::span<const Owned> keys : {std::span<const Owned>(both), of_role})
    if (const auto own = std::find_if(keys.begin(), keys.end(), same); own != keys.end())
      return std::string(own->instead);
  std::string near = did_you_mean(key, known_keys(conf, role));
  return near.starts_with("did you mean") ? near : "librdkafka's CONFIGURATION.md lists its settings";
}

void check(const LocatedText& key, const LocatedText& value, Role role, rd_kafka_conf_t* conf,
           Reader& reader) {
  if (const Owned* own = owned(key.view(), role)) {
    reader.error(key.span(), "'" + std::string(own->key) + "' is not passed on to librdkafka",
                 std::string(own->instead));
    return;
  }
  std::array<char, 512> why{};
  const std::string name(key.view());
  const std::string text(value.view());
  switch (rd_kafka_conf_set(conf, name.c_str(), text.c_str(), why.data(), why.size())) {
    case RD_KAFKA_CONF_OK:
      return;
    case RD_KAFKA_CONF_UNKNOWN:
      reader.error(key.span(), "librdkafka has no setting " + key.quoted(), meant_by(key.view(), conf, role));
      return;
    case RD_KAFKA_CONF_INVALID:
      reader.error(value.span(), "librdkafka refuses it: " + std::string(why.data()));
  }
}

}  // namespace

OptionType<std::vector<std::pair<std::string, std::string>>> passed_on_type(Role role) {
  OptionType<std::vector<std::pair<std::string, std::string>>> type = map(text(Empty::allowed));
  const TypeInfo info = type.info;
  const TypeInfo element = *info.element;
  type.read = [info, element, role](
                  const Node& node,
                  Reader& reader) -> std::optional<std::vector<std::pair<std::string, std::string>>> {
    const std::optional<std::vector<Entry>> entries = map_entries(node, info, reader);
    if (!entries) return std::nullopt;
    const std::size_t problems = reader.diagnostics().reports();
    const Conf conf(rd_kafka_conf_new());
    std::vector<std::pair<std::string, std::string>> given;
    for (const Entry& entry : *entries) {
      const std::optional<LocatedText> value = reader.text(entry.value, element);
      if (!value) continue;
      check(entry.key, *value, role, conf.get(), reader);
      given.emplace_back(entry.key.view(), value->view());
    }
    if (reader.diagnostics().reports() != problems) return std::nullopt;
    return given;
  };
  return type;
}

}  // namespace hiveframe::connectors::kafka
