#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/kafka/group_member.hpp"
#include "connectors/kafka/registry/schema_book.hpp"
#include "connectors/kafka/source_settings.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/source.hpp"
#include "pipeline/thread_signal.hpp"

namespace hiveframe::connectors::kafka {

/// Metadata of records; those of a lane have the first two in common.
inline constexpr std::array<std::string_view, 6> meta_names{"topic", "partition", "offset",
                                                            "op",    "timestamp", "headers"};

class KafkaLane;

/// Topics, read as a member of a consumer group: a lane is a partition, its position an offset. The group
/// keeps the positions, so that daemons may share it; offsets are committed when the sinks have what is
/// before them.
class KafkaSource final : public pipeline::Source {
 public:
  explicit KafkaSource(std::shared_ptr<const SourceSettings> settings);
  ~KafkaSource() override;

  [[nodiscard]] pipeline::SourceTraits traits() const noexcept override;
  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] const codec::Format* format() const noexcept override {
    return settings_->value_deserializer;
  }
  pipeline::Task<void> open(pipeline::SourceContext context) override;
  pipeline::Task<pipeline::LaneEvent> next() override;
  pipeline::Task<void> commit(std::vector<pipeline::LanePosition> positions) override;
  [[nodiscard]] std::function<std::string()> membership() override;
  void released(const std::string& lane) override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override;

 private:
  struct Shared;
  pipeline::LaneEvent opened(Given given);

  std::shared_ptr<const SourceSettings> settings_;
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<GroupMember> member_;
  SchemaBooks schemas_;
  std::vector<Partition> to_revoke_;
  std::chrono::steady_clock::time_point revoke_by_;
  std::map<std::string, Partition> partitions_;  // by lane
  pipeline::SourceContext context_;
  std::shared_ptr<pipeline::BlockingThread> thread_;
};

}  // namespace hiveframe::connectors::kafka
