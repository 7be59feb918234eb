#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "connectors/kafka/client_settings.hpp"
#include "connectors/kafka/client_watch.hpp"
#include "connectors/kafka/handles.hpp"
#include "connectors/kafka/passed_on.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::kafka {

/// What a client tells its owner. Called from the thread that serves the client, but for error() and log
/// lines, which come from any.
class ClientOwner {
 public:
  virtual ~ClientOwner() = default;

  ClientWatch watch;
  pipeline::Report* report = nullptr;  ///< hears numbers; null: nobody does

  /// The watch has heard of trouble; from any thread.
  virtual void troubled() {}
  /// The group gives (or takes) partitions; answered by assign() calls, now or later.
  virtual void rebalance(bool gives, const rd_kafka_topic_partition_list_t& /*partitions*/) {
    static_cast<void>(gives);
  }
  /// What became of a message that was to be written.
  virtual void delivered(const rd_kafka_message_t& /*message*/) {}
};

/// Settings for one client being put together. What librdkafka refuses is a Fatal that names the key: options
/// were checked before, so only the surroundings can be wrong (a certificate's file that is not there).
class ClientConf {
 public:
  /// With what all clients have: servers, security. `owner` outlives the client; `settings` outlive this.
  ClientConf(const ClientSettings& settings, ClientOwner& owner);

  void set(const char* key, const std::string& value);
  [[nodiscard]] rd_kafka_conf_t* get() const noexcept { return conf_.get(); }
  /// Makes the client; what `kafka_config` says comes before what was set.
  [[nodiscard]] Client make(Role role) &&;

 private:
  Conf conf_;
  const ClientSettings& settings_;
};

/// Waits until some broker has answered a question for `topic` (null: for the cluster), and returns the
/// answer. Blocks; throws Interrupted, and Retryable or Fatal after `patience_ms` without an answer, saying
/// what the client said last.
Metadata ask_for_metadata(rd_kafka_t* client, rd_kafka_topic_t* topic, const ClientWatch& watch,
                          const pipeline::Interrupt& interrupt, int patience_ms, const std::string& servers);

}  // namespace hiveframe::connectors::kafka
