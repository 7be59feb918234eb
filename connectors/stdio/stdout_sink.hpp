#pragma once

#include <memory>

#include "connectors/stdio/settings.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::stdio {

class Output;

/// Writes standard output. Acks are said when the system has taken the bytes: more cannot be known of a pipe
/// or terminal. When its reader is gone, calls throw pipeline::Closed.
class StdoutSink final : public pipeline::Sink {
 public:
  /// `descriptor` is standard output, or another for tests; not closed.
  explicit StdoutSink(SinkSettings settings, int descriptor = 1);
  ~StdoutSink() override;

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override { interrupt_.raise(); }

 private:
  SinkSettings settings_;
  int descriptor_;
  pipeline::Interrupt interrupt_;
  std::unique_ptr<Output> output_;
  bool begun_ = false;  // the preamble of the format is written
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::stdio
