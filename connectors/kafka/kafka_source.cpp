#include "connectors/kafka/kafka_source.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "connectors/kafka/kafka_lane.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
/// What threads of the client reach: outlives the source, for a callback may be under way.
struct KafkaSource::Shared {
  pipeline::ThreadSignal events;
  pipeline::Interrupt interrupt;
  std::mutex mutex;
  std::map<Partition, std::shared_ptr<LaneWaker>> lanes;

  void wake() {
    events.notify();
    const std::lock_guard lock(mutex);
    for (const auto& [partition, waker] : lanes)
      waker->signal.notify();
  }
};

KafkaSource::KafkaSource(std::shared_ptr<const SourceSettings> settings)
    : settings_(std::move(settings)),
      shared_(std::make_shared<Shared>()),
      thread_(std::make_shared<pipeline::BlockingThread>()) {
  if (settings_->avro_values)
    schemas_.values = std::make_shared<SchemaBook>(*settings_, settings_->reader_schema.schema);
  if (settings_->key_deserializer == KeyForm::avro)
    schemas_.keys = std::make_shared<SchemaBook>(*settings_, nullptr);
}

KafkaSource::~KafkaSource() { cancel(); }

pipeline::SourceTraits KafkaSource::traits() const noexcept {
  return {.replayable = true, .keeps_position = true, .position_at_source = true};
}

std::string KafkaSource::identity() const {
  return shown_servers(*settings_) + " as group '" + settings_->group_id + "'";
}

pipeline::Task<void> KafkaSource::open(pipeline::SourceContext context) {
  context_ = std::move(context);
  if (!member_) {
    member_ = std::make_shared<GroupMember>(settings_, context_, [shared = shared_] { shared->wake(); });
  }
  auto connect = [this] {
    try {
      member_->connect(shared_->interrupt);
    } catch (const pipeline::Interrupted&) {
      throw pipeline::Retryable({"connect to", shown_servers(*settings_), "it was stopped", ""});
    }
  };
  co_await thread_->run(connect);
}

pipeline::Task<pipeline::LaneEvent> KafkaSource::next() {
  for (;;) {
    if (!to_revoke_.empty()) {
      const Partition partition = std::move(to_revoke_.back());
      to_revoke_.pop_back();
      {
        const std::lock_guard lock(shared_->mutex);
        if (const auto lane = shared_->lanes.find(partition); lane != shared_->lanes.end()) {
          lane->second->end();
          shared_->lanes.erase(lane);
        }
      }
      co_return pipeline::LaneEvent(pipeline::LaneRevoked{partition.str(), revoke_by_});
    }
    if (shared_->interrupt.raised()) co_return pipeline::LaneEvent(pipeline::NoMoreLanes{});
    std::optional<GroupEvent> event = member_->next_event();
    if (!event) {
      member_->check();
      co_await shared_->events.wait();
    } else if (auto* given = std::get_if<Given>(&*event)) {
      co_return opened(std::move(*given));
    } else if (auto* taken = std::get_if<Taken>(&*event)) {
      to_revoke_ = std::move(taken->partitions);
      revoke_by_ = taken->deadline;
    } else if (settings_->stop_at_end) {
      co_return pipeline::LaneEvent(pipeline::NoMoreLanes{});
    }
  }
}

pipeline::LaneEvent KafkaSource::opened(Given given) {
  const auto waker = std::make_shared<LaneWaker>();
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->lanes[given.partition] = waker;
  }
  if (shared_->interrupt.raised()) waker->end();
  partitions_[given.partition.str()] = given.partition;
  return pipeline::LaneOpened{std::make_unique<KafkaLane>(settings_, member_, thread_, std::move(given),
                                                          waker, schemas_, context_.pipeline)};
}

pipeline::Task<void> KafkaSource::commit(std::vector<pipeline::LanePosition> positions) {
  std::map<Partition, std::int64_t> offsets;
  for (const pipeline::LanePosition& each : positions) {
    const auto partition = partitions_.find(each.lane);
    if (partition == partitions_.end()) continue;
    std::int64_t offset = 0;
    std::from_chars(each.position.data(), each.position.data() + each.position.size(), offset);
    offsets[partition->second] = offset;
  }
  auto store = [this, &offsets] { member_->commit(offsets); };
  co_await thread_->run(store);
}

std::function<std::string()> KafkaSource::membership() {
  return [note = member_->membership()] { return note->get(); };
}

void KafkaSource::released(const std::string& lane) {
  const auto partition = partitions_.find(lane);
  if (partition == partitions_.end() || !member_) return;
  member_->released(partition->second);
  partitions_.erase(partition);
}

pipeline::Task<void> KafkaSource::close() {
  cancel();
  auto leave = [this] {
    if (member_) member_->leave();
    // Ends the client here, where it may take its time, unless a lane is left that holds some of it.
    member_.reset();
  };
  co_await thread_->run(leave);
}

void KafkaSource::cancel() noexcept {
  shared_->interrupt.raise();
  shared_->events.notify();
  if (schemas_.values) schemas_.values->cancel();
  if (schemas_.keys) schemas_.keys->cancel();
  const std::lock_guard lock(shared_->mutex);
  for (const auto& [partition, waker] : shared_->lanes)
    waker->end();
}

}  // namespace hiveframe::connectors::kafka
