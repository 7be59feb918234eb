#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/avro_writing.hpp"
#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "connectors/kafka/transaction.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/errors.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"
#include "pipeline/thread_signal.hpp"

namespace hiveframe::connectors::kafka {

/// Writes topics. A write is answered when the client has taken its messages, and acknowledged when the
/// brokers have the last of them; the client keeps their order meanwhile.
///
/// Where brokers refuse a record for good (it is longer than the topic allows), that comes to light after the
/// answer: its write is abandoned and comes again, and then waits for every report before it is answered, so
/// that the record can be named and the others pass.
///
/// With exactly_once, writes are gathered in transactions with the offsets of the group that they were read
/// by, see Transaction; a flush commits, and so does a write that makes one long enough. A record that
/// brokers refuse aborts its transaction, and then each write is one of its own until it was found. A
/// producer that the brokers have given up is replaced.
class KafkaSink final : public pipeline::Sink, public pipeline::Transactional {
 public:
  explicit KafkaSink(std::shared_ptr<const SinkSettings> settings);
  ~KafkaSink() override;

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  [[nodiscard]] std::string identity() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<std::vector<std::optional<pipeline::Position>>> stored_positions(
      std::vector<std::string> lanes) override;
  pipeline::Task<void> write(pipeline::WriteRequest& request,
                             std::vector<pipeline::LanePosition> positions) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override;

 private:
  /// What the client's threads reach: outlives the sink.
  struct Shared {
    pipeline::ThreadSignal changed;
    pipeline::Interrupt interrupt;
  };

  pipeline::Task<void> connect();
  pipeline::Task<void> wait();
  void check_failures();
  pipeline::Task<void> find_topics(const pipeline::WriteRequest& request);
  /// Records of a request, counted through its slices.
  struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  pipeline::Task<std::vector<pipeline::Rejection>> queue(const pipeline::WriteRequest& request, Span span,
                                                         const std::vector<bool>* settled,
                                                         std::shared_ptr<Sending> sending,
                                                         pipeline::Ack* ack);
  pipeline::Task<std::vector<pipeline::Rejection>> write_carefully(const pipeline::WriteRequest& request);

  // kafka_sink_transactions.cpp
  [[nodiscard]] std::string stored_transactional_id(const pipeline::SinkContext& context, bool& is_new) const;
  void prepare_transactions();
  pipeline::Task<void> write_in_transaction(pipeline::WriteRequest& request,
                                            std::vector<pipeline::LanePosition> positions);
  pipeline::Task<void> commit_at_flush();
  pipeline::Task<void> replace_useless();
  pipeline::Task<void> begin(std::string membership);
  pipeline::Task<void> commit();
  pipeline::Task<void> abort();

  std::shared_ptr<const SinkSettings> settings_;
  std::shared_ptr<Shared> shared_;
  std::uint64_t memory_ = 0;  ///< in bytes, for what the client has not written yet
  pipeline::Report* report_ = nullptr;
  std::unique_ptr<AvroWriting> avro_;  ///< if values or keys are
  std::unique_ptr<Producer> producer_;
  int careful_ = 0;  ///< so many writes wait for their reports
  /// With exactly_once only.
  std::string transactional_id_;
  std::unique_ptr<Transaction> transaction_;
  std::function<std::string()> membership_;
  std::optional<pipeline::ErrorText> aborted_;  ///< why the last one was, until somebody was told
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::kafka
