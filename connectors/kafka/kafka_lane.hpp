#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "connectors/kafka/group_member.hpp"
#include "connectors/kafka/message_batch.hpp"
#include "connectors/kafka/registry/schema_questions.hpp"
#include "connectors/kafka/source_settings.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/source.hpp"
#include "pipeline/thread_signal.hpp"

namespace hiveframe::connectors::kafka {

/// What ends a lane's waiting: its messages, the source's end, the group.
struct LaneWaker {
  pipeline::ThreadSignal signal;
  std::atomic<bool> ended{false};
  std::atomic<bool> stop_waiting{false};  ///< once

  void end() noexcept {
    ended = true;
    signal.notify();
  }
};

/// A partition that the group gave to us. Messages are taken from its queue on the pipeline's strand, without
/// waiting for any; the client's threads have fetched and unpacked them. What nobody takes stays in the
/// queue, and when that is full the client stops fetching.
class KafkaLane final : public pipeline::Lane {
 public:
  KafkaLane(std::shared_ptr<const SourceSettings> settings, std::shared_ptr<GroupMember> member,
            std::shared_ptr<pipeline::BlockingThread> thread, Given given, std::shared_ptr<LaneWaker> waker,
            const SchemaBooks& schemas, std::string pipeline);
  ~KafkaLane() override;

  [[nodiscard]] const std::string& id() const noexcept override { return id_; }
  pipeline::Task<void> seek(std::optional<pipeline::Position> position) override;
  pipeline::Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override;
  void stop_waiting() noexcept override;
  [[nodiscard]] pipeline::Position position_of(const record::Storage& storage,
                                               const record::Record& record) const override;
  [[nodiscard]] std::string place_of(const record::Storage& storage,
                                     const record::Record& record) const override;

 private:
  void tell_of_a_jump(std::int64_t offset);
  bool know_schemas();
  void fetch(const pipeline::ReadLimits& limits);
  void take_note(const rd_kafka_message_t& message);

  std::shared_ptr<const SourceSettings> settings_;
  std::shared_ptr<GroupMember> member_;
  std::shared_ptr<pipeline::BlockingThread> thread_;
  Given given_;
  std::shared_ptr<LaneWaker> waker_;
  std::optional<SchemaQuestions> schemas_;      // of the values, if they are Avro
  std::optional<SchemaQuestions> key_schemas_;  // the same of the keys
  KnownSchemas known_;                          // of what was taken
  std::string pipeline_;                        // its name, for messages
  std::string id_;
  std::deque<Message> taken_;       // from the queue, and not given on yet
  std::size_t usual_bytes_ = 1024;  // of a message, to take about as many as are wanted
  std::int64_t next_ = 0;           // the offset behind the last message given on
  std::int64_t fetched_ = -1;       // the offset behind the last message taken; below 0: wherever it begins
  bool moved_ = false;              // something was given on, or sought
  bool at_end_ = false;
};

}  // namespace hiveframe::connectors::kafka
