#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "pipeline/blocking_thread.hpp"
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
class KafkaSink final : public pipeline::Sink {
 public:
  explicit KafkaSink(std::shared_ptr<const SinkSettings> settings);
  ~KafkaSink() override;

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override;

 private:
  struct Shared;
  pipeline::Task<void> wait();
  void check_failures();

  std::shared_ptr<const SinkSettings> settings_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Producer> producer_;
  int careful_ = 0;  ///< so many writes wait for their reports
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::kafka
