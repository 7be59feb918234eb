#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/blocking_thread.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"
#include "tests/connectors/ledger/settings.hpp"

namespace hiveframe::connectors::ledger {

class Database;

/// Stands for a database that commits positions with the rows: what exactly_once is judged by, across
/// processes. A row that is written twice is there twice.
class LedgerSink final : public pipeline::Sink, public pipeline::Transactional {
 public:
  explicit LedgerSink(std::shared_ptr<const Settings> settings);
  ~LedgerSink() override;

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override { interrupt_.raise(); }

  pipeline::Task<std::vector<std::optional<pipeline::Position>>> stored_positions(
      std::vector<std::string> lanes) override;
  pipeline::Task<void> write(pipeline::WriteRequest& request,
                             std::vector<pipeline::LanePosition> positions) override;

 private:
  void commit(const pipeline::WriteRequest& request, const std::vector<pipeline::LanePosition>& positions);
  void wait(std::chrono::milliseconds time) const;

  std::shared_ptr<const Settings> settings_;
  std::unique_ptr<Database> database_;         // used on thread_ only
  std::map<std::string, std::int64_t> owned_;  // epoch by lane; on thread_
  std::uint64_t commits_ = 0;                  // on thread_
  pipeline::Interrupt interrupt_;
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::ledger
