#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/postgres/sink_settings.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::postgres {

class TableWriter;

/// Writes tables. A write is one transaction, durable when it returns as the server has it (see PostgreSQL's
/// synchronous_commit).
class PostgresSink final : public pipeline::Sink {
 public:
  explicit PostgresSink(std::shared_ptr<const SinkSettings> settings);
  ~PostgresSink() override;

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  [[nodiscard]] std::string identity() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override { interrupt_.raise(); }

 private:
  std::shared_ptr<const SinkSettings> settings_;
  pipeline::Interrupt interrupt_;
  std::unique_ptr<TableWriter> writer_;  // used on thread_ only
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::postgres
