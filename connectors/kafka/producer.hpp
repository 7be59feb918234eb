#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/handles.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "pipeline/ack.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::kafka {

/// What becomes of the messages of one write. The reports keep it alive; the last one says the ack, or drops
/// it if any message was not written.
struct Sending : std::enable_shared_from_this<Sending> {
  /// Of one message that is not written, for good.
  struct Failure {
    std::size_t record = 0;
    int code = 0;
    std::string answer;
  };
  /// What a message carries through the client.
  struct Tag {
    Sending* sending = nullptr;
    std::uint32_t record = 0;
  };

  pipeline::Ack ack;
  std::vector<Tag> tags;
  // Guarded by the producer's mutex.
  std::size_t left = 1;  ///< reports to come, and one for the writer as long as it adds messages
  std::vector<Failure> failures;
  std::shared_ptr<Sending> self;
};

class Producer;

/// While a writer adds messages to a Sending; however it goes on, it has added all that it can.
class Adding {
 public:
  Adding(Producer& producer, Sending& sending) : producer_(producer), sending_(sending) {}
  ~Adding();
  Adding(const Adding&) = delete;
  Adding& operator=(const Adding&) = delete;

 private:
  Producer& producer_;
  Sending& sending_;
};

/// A message to be written; what it points to is copied.
struct Outgoing {
  rd_kafka_topic_t* topic = nullptr;
  std::int32_t partition = -1;  ///< -1: by the key
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  ///< nothing: a tombstone
  std::int64_t timestamp_ms = 0;          ///< 0: now
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> headers;
};

/// The client of a sink. Its own thread hears the delivery reports. Idempotent, so what it sends again is
/// written once and in order; it sends until it succeeds or is destroyed.
class Producer final : private ClientOwner {
 public:
  /// `memory` in bytes is what may wait to be sent. `changed` is called, from any thread, after reports came,
  /// or when check_fatal() may have something new. `report` may be null, and outlives this.
  /// With a `transactional_id` it writes in transactions only, see Transaction.
  Producer(std::shared_ptr<const SinkSettings> settings, std::string transactional_id, std::uint64_t memory,
           pipeline::Report* report, std::function<void()> changed);
  ~Producer() override;
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// Finds the brokers. Blocks; throws Retryable, Fatal, Interrupted.
  void connect(const pipeline::Interrupt& interrupt);
  /// Of the connected client, for transactions.
  [[nodiscard]] rd_kafka_t* client() const noexcept { return client_.get(); }
  [[nodiscard]] ClientWatch& client_watch() noexcept { return watch; }
  /// Throws Fatal if it is another cluster than the one of this id; an empty one is not known. Blocks
  /// shortly.
  void check_cluster(const std::string& id) const;
  /// Asks the brokers for the topic, unless they have named it before; they may make it. Blocks; throws
  /// Retryable (it is missing), Fatal, Interrupted.
  void find(const std::string& topic, const pipeline::Interrupt& interrupt);
  /// Whether find() has found it. Any thread.
  [[nodiscard]] bool found(std::string_view topic) const;
  /// By name, made once.
  rd_kafka_topic_t* topic(std::string_view name);

  enum class Queued { yes, full, refused };
  /// Hands the message over; `refused` for good, for `why`. Never waits. The tag's Sending is told what
  /// became of it.
  Queued send(const Outgoing& message, Sending::Tag& tag, std::string& why);
  /// The writer has added all messages of it.
  void sent(Sending& sending);
  /// Whether the outcome of all its messages is known; then the ack was said, or there are failures.
  [[nodiscard]] bool over(const Sending& sending) const;

  /// Messages that no report came for yet.
  [[nodiscard]] std::size_t under_way() const;
  /// The newest failure that was not waited for; forgotten by this call.
  [[nodiscard]] std::optional<Sending::Failure> take_last_failure();
  /// Throws what keeps the client from all brokers, if anything does.
  void check() const { watch.check(); }
  /// Throws what a person has to mend, if there is any.
  void check_fatal() const { watch.check_fatal(); }
  /// Gives up what is not written. Blocks shortly.
  void abandon() noexcept;

 private:
  void delivered(const rd_kafka_message_t& message) override;
  void troubled() override { changed_(); }
  void one_less(Sending& sending, std::unique_lock<std::mutex> lock);

  std::shared_ptr<const SinkSettings> settings_;
  const std::string transactional_id_;
  std::uint64_t memory_;
  std::function<void()> changed_;
  Client client_;
  std::map<std::string, Topic, std::less<>> topics_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;
  std::size_t under_way_ = 0;
  std::set<std::string, std::less<>> found_;
  std::optional<Sending::Failure> last_failure_;
};

}  // namespace hiveframe::connectors::kafka
