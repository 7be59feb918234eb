#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/blocking_thread.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"
#include "tests/connectors/faulty/settings.hpp"

namespace hiveframe::connectors::faulty {

/// Appends ndjson to a file, each request by one write(2), and fails as its settings say. It remembers
/// nothing between two processes and repairs nothing: what stands in the file is what the runtime sent, in
/// the order it sent it, so it is the record against which the runtime is judged. Another file tells which
/// faults there were, so that a test knows that they were felt.
class FaultySink final : public pipeline::Sink {
 public:
  explicit FaultySink(std::shared_ptr<const Settings> settings) : settings_(std::move(settings)) {}
  ~FaultySink() override;

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override { interrupt_.raise(); }

 private:
  std::vector<pipeline::Rejection> take(const pipeline::WriteRequest& request);
  void append(const std::string& lines) const;
  void report(std::string_view fault) const;
  void wait(std::optional<std::chrono::milliseconds> time) const;
  [[nodiscard]] bool amid_faults() const noexcept;

  std::shared_ptr<const Settings> settings_;
  int file_ = -1;
  std::uint64_t writes_ = 0;
  std::uint64_t written_ = 0;          // records
  std::uint64_t stalled_ = 0;          // times
  std::vector<pipeline::Ack> unsaid_;  // AckAt::flush
  pipeline::Interrupt interrupt_;
  pipeline::Interrupt never_;  // nobody raises it: Settings::ignore_cancel
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::faulty
