#pragma once

// What the plain programs beside the daemon's kafka connectors share: clients with the settings that the
// daemon gives its own with 256 MiB of memory_limit. Whatever is not said here is librdkafka's default there
// and here.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <librdkafka/rdkafka.h>
#include <memory>
#include <span>
#include <utility>

namespace hiveframe::bench {

[[noreturn]] inline void fail(const char* what, const char* why) {
  std::fprintf(stderr, "%s: %s\n", what, why);
  std::exit(1);
}

inline void check(const char* what, rd_kafka_resp_err_t error) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(what, rd_kafka_err2str(error));
}

using Setting = std::pair<const char*, const char*>;

constexpr std::array of_consumers = std::to_array<Setting>({
    {"isolation.level", "read_committed"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "earliest"},
    {"queued.max.messages.kbytes", "43690"},
    {"fetch.queue.backoff.ms", "20"},
});

constexpr std::array of_producers = std::to_array<Setting>({
    {"acks", "all"},
    {"enable.idempotence", "true"},
    {"batch.size", "1000000"},
    {"compression.type", "none"},
    {"message.timeout.ms", "0"},
    {"queue.buffering.max.kbytes", "43690"},
    {"queue.buffering.max.messages", "0"},
    {"partitioner", "murmur2_random"},
});

class Configuration {
 public:
  Configuration(const char* servers, std::span<const Setting> settings) {
    set("bootstrap.servers", servers);
    for (const auto& [name, value] : settings)
      set(name, value);
  }
  void set(const char* name, const char* value) {
    std::array<char, 512> why{};
    if (rd_kafka_conf_set(conf_, name, value, why.data(), why.size()) != RD_KAFKA_CONF_OK)
      fail(name, why.data());
  }
  rd_kafka_t* make(rd_kafka_type_t type) {
    std::array<char, 512> why{};
    rd_kafka_t* const client = rd_kafka_new(type, conf_, why.data(), why.size());
    if (client == nullptr) fail("a client", why.data());
    return client;
  }
  [[nodiscard]] rd_kafka_conf_t* get() const { return conf_; }

 private:
  rd_kafka_conf_t* conf_ = rd_kafka_conf_new();  // the client's, later
};

/// Reads a topic as the only member of a group, from its beginning.
class Consumer {
 public:
  Consumer(const char* servers, const char* topic, const char* group, bool to_the_end) {
    Configuration configuration(servers, of_consumers);
    configuration.set("group.id", group);
    configuration.set("enable.partition.eof", to_the_end ? "true" : "false");
    client_ = configuration.make(RD_KAFKA_CONSUMER);
    rd_kafka_poll_set_consumer(client_);
    rd_kafka_topic_partition_list_t* const topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    check("subscribe", rd_kafka_subscribe(client_, topics));
    rd_kafka_topic_partition_list_destroy(topics);
    queue_ = rd_kafka_queue_get_consumer(client_);
  }
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  ~Consumer() {
    // Where the group stands then, once: the daemon does it every second.
    rd_kafka_topic_partition_list_t* partitions = nullptr;
    check("end", rd_kafka_assignment(client_, &partitions));
    check("end", rd_kafka_position(client_, partitions));
    check("commit", rd_kafka_commit(client_, partitions, 0));
    rd_kafka_topic_partition_list_destroy(partitions);
    rd_kafka_queue_destroy(queue_);
    rd_kafka_consumer_close(client_);
    rd_kafka_destroy(client_);
  }

  /// Calls take(message) for each that is there, else for one that comes within `wait_ms`; it is gone after
  /// that.
  template <class Take>
  void poll(int wait_ms, Take&& take) {
    // With a time to wait this would wait until there are so many.
    ssize_t came = rd_kafka_consume_batch_queue(queue_, 0, messages_.data(), messages_.size());
    if (came < 0) check("read", rd_kafka_last_error());
    if (came == 0) {
      messages_[0] = rd_kafka_consumer_poll(client_, wait_ms);
      if (messages_[0] != nullptr) came = 1;
    }
    for (rd_kafka_message_t* const message : std::span(messages_).first(static_cast<std::size_t>(came))) {
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        ++ended_;
      } else {
        check("read", message->err);
        take(*message);
      }
      rd_kafka_message_destroy(message);
    }
  }
  /// How many partitions were read to their end.
  [[nodiscard]] std::size_t ended() const { return ended_; }

 private:
  rd_kafka_t* client_;
  rd_kafka_queue_t* queue_;
  std::array<rd_kafka_message_t*, 1024> messages_{};
  std::size_t ended_ = 0;
};

/// Writes a topic.
class Producer {
 public:
  /// linger_ms: how long it waits for more; the daemon's is 5.
  Producer(const char* servers, const char* topic, const char* linger_ms = "5") {
    Configuration configuration(servers, of_producers);
    configuration.set("linger.ms", linger_ms);
    rd_kafka_conf_set_dr_msg_cb(configuration.get(), [](rd_kafka_t*, const rd_kafka_message_t* message,
                                                        void*) { check("write", message->err); });
    client_ = configuration.make(RD_KAFKA_PRODUCER);
    topic_ = rd_kafka_topic_new(client_, topic, nullptr);
  }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;
  ~Producer() {
    while (rd_kafka_flush(client_, 1000) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    }
    rd_kafka_topic_destroy(topic_);
    rd_kafka_destroy(client_);
  }

  struct Bytes {
    const void* data = nullptr;
    std::size_t size = 0;
  };
  /// Waits while the client's queue is full; what is given is copied.
  void send(Bytes key, Bytes value, std::int64_t timestamp_ms, rd_kafka_headers_t* headers = nullptr) {
    for (;;) {
      const auto error = rd_kafka_producev(
          client_, RD_KAFKA_V_RKT(topic_), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
          RD_KAFKA_V_KEY(key.data, key.size), RD_KAFKA_V_VALUE(const_cast<void*>(value.data), value.size),
          RD_KAFKA_V_TIMESTAMP(timestamp_ms), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        check("write", error);
        return;
      }
      rd_kafka_poll(client_, 100);
    }
  }
  /// Hears of what was written.
  void serve() { rd_kafka_poll(client_, 0); }

 private:
  rd_kafka_t* client_;
  rd_kafka_topic_t* topic_;
};

}  // namespace hiveframe::bench
