#include "connectors/kafka/client.hpp"

#include <algorithm>
#include <array>
#include <librdkafka/rdkafka.h>
#include <spdlog/spdlog.h>
#include <utility>

#include "connectors/kafka/client_statistics.hpp"
#include "connectors/kafka/errors.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

const char* name_of(SecurityProtocol protocol) {
  switch (protocol) {
    case SecurityProtocol::plaintext:
      return "plaintext";
    case SecurityProtocol::ssl:
      return "ssl";
    case SecurityProtocol::sasl_plaintext:
      return "sasl_plaintext";
    case SecurityProtocol::sasl_ssl:
      return "sasl_ssl";
  }
  return "plaintext";
}

// What matters of it comes as an error too, and is said once; here it is said again and again.
void on_log(const rd_kafka_t* client, int /*level*/, const char* facility, const char* text) {
  spdlog::debug("librdkafka: {}: {}: {}", rd_kafka_name(client), facility, text);
}

// The opaque pointer of all clients is their owner.
ClientOwner& owner_of(void* opaque) { return *static_cast<ClientOwner*>(opaque); }

void on_error(rd_kafka_t* client, int code, const char* reason, void* opaque) {
  std::array<char, 512> fatal{};
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    code = rd_kafka_fatal_error(client, fatal.data(), fatal.size());
    reason = fatal.data();
  }
  spdlog::debug("librdkafka: {}: {}: {}", rd_kafka_name(client),
                rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(code)), reason);
  ClientOwner& owner = owner_of(opaque);
  owner.watch.error(code, reason);
  owner.troubled();
}

void on_rebalance(rd_kafka_t* /*client*/, rd_kafka_resp_err_t what,
                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  owner_of(opaque).rebalance(what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, *partitions);
}

void on_delivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) {
  owner_of(opaque).delivered(*message);
}

int on_statistics(rd_kafka_t* /*client*/, char* json, std::size_t length, void* opaque) {
  ClientOwner& owner = owner_of(opaque);
  ClientStatistics statistics = read_statistics({json, length});
  if (statistics.any_broker_up) owner.watch.up();
  if (owner.report != nullptr) owner.report->show(std::move(statistics.measures));
  return 0;
}

}  // namespace

ClientConf::ClientConf(const ClientSettings& settings, ClientOwner& owner)
    : conf_(rd_kafka_conf_new()), settings_(settings) {
  std::string servers;
  for (const std::string& each : settings.bootstrap_servers)
    servers += (servers.empty() ? "" : ",") + each;
  set("bootstrap.servers", servers);
  set("client.id", "hiveframed");
  set("security.protocol", name_of(settings.security_protocol));
  if (!settings.sasl_mechanism.empty()) {
    set("sasl.mechanism", settings.sasl_mechanism);
    set("sasl.username", settings.sasl_username);
    set("sasl.password", settings.sasl_password.reveal());
  }
  if (!settings.ssl_ca.empty()) set("ssl.ca.location", settings.ssl_ca.native());
  if (!settings.ssl_cert.empty()) {
    set("ssl.certificate.location", settings.ssl_cert.native());
    set("ssl.key.location", settings.ssl_key.native());
  }
  if (!settings.ssl_key_password.empty()) set("ssl.key.password", settings.ssl_key_password.reveal());
  // A broker that came back is to be noticed within seconds.
  set("reconnect.backoff.max.ms", "2000");
  set("socket.keepalive.enable", "true");
  // Partitions that are added, and topics that a regular expression finds, are to be seen soon.
  set("topic.metadata.refresh.interval.ms", "10000");
  set("statistics.interval.ms", "5000");
  rd_kafka_conf_set_opaque(conf_.get(), &owner);
  rd_kafka_conf_set_error_cb(conf_.get(), &on_error);
  rd_kafka_conf_set_log_cb(conf_.get(), &on_log);
  rd_kafka_conf_set_stats_cb(conf_.get(), &on_statistics);
}

void ClientConf::set(const char* key, const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(conf_.get(), key, value.c_str(), why.data(), why.size()) == RD_KAFKA_CONF_OK) return;
  throw pipeline::Fatal({"set", std::string(key) + " of librdkafka", why.data(), ""});
}

Client ClientConf::make(Role role) && {
  for (const auto& [key, value] : settings_.kafka_config)
    set(key.c_str(), value);
  std::array<char, 512> why{};
  const rd_kafka_type_t type = role == Role::consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
  if (role == Role::consumer) {
    rd_kafka_conf_set_rebalance_cb(conf_.get(), &on_rebalance);
  } else {
    rd_kafka_conf_set_dr_msg_cb(conf_.get(), &on_delivery);
  }
  Client client(rd_kafka_new(type, conf_.get(), why.data(), why.size()));
  if (!client)
    throw pipeline::Fatal(
        {"make a client for", shown_servers(settings_), why.data(), "correct the option that it names"});
  // The client has taken it over.
  static_cast<void>(conf_.release());
  return client;
}

Metadata ask_for_metadata(rd_kafka_t* client, rd_kafka_topic_t* topic, const ClientWatch& watch,
                          const pipeline::Interrupt& interrupt, int patience_ms, const std::string& servers) {
  constexpr int slice_ms = 250;
  for (int waited = 0;; waited += slice_ms) {
    interrupt.check();
    // Errors are told to those who serve the client, which nobody else does yet.
    rd_kafka_poll(client, 0);
    const rd_kafka_metadata_t* found = nullptr;
    const rd_kafka_resp_err_t error = rd_kafka_metadata(client, 0, topic, &found, slice_ms);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Metadata(found);
    watch.check_fatal();
    if (waited < patience_ms) continue;
    if (const std::optional<ClientWatch::Trouble> last = watch.last())
      throw_error(last->code, last->answer, "connect to", servers);
    throw_error(error, {}, "connect to", servers);
  }
}

}  // namespace hiveframe::connectors::kafka
