#include "daemon/admin/rates.hpp"

#include <algorithm>

namespace hiveframe::daemon {
namespace {

// A lane that rewinds takes its counts back.
double difference(std::uint64_t later, std::uint64_t earlier) {
  return later > earlier ? static_cast<double>(later - earlier) : 0.0;
}

}  // namespace

Rates::Count Rates::count(const runtime::Status& run, Time now) {
  Count count{run.ended.value_or(now), run.read, run.read_bytes, 0};
  for (const runtime::SinkStatus& each : run.sinks)
    count.written = std::max(count.written, each.written);
  return count;
}

void Rates::look(const std::vector<PipelineView>& pipelines, Time now) {
  std::erase_if(pipelines_, [&](const auto& known) {
    return std::ranges::none_of(pipelines,
                                [&](const PipelineView& each) { return each.name == known.first; });
  });
  for (const PipelineView& each : pipelines) {
    if (!each.status) continue;
    Counts& counts = pipelines_[each.name];
    if (counts.run != each.status->started) counts = {each.status->started, {}};
    counts.counts.push_back(count(*each.status, now));
    while (counts.counts.front().time < now - window && counts.counts.size() > 1)
      counts.counts.pop_front();
  }
}

std::optional<Rate> Rates::rate(const PipelineView& pipeline, Time now) const {
  if (!pipeline.status) return std::nullopt;
  const auto known = pipelines_.find(pipeline.name);
  Count from{pipeline.status->started};
  if (known != pipelines_.end() && known->second.run == from.time &&
      known->second.counts.front().time > from.time && now - from.time > window)
    from = known->second.counts.front();
  const Count to = count(*pipeline.status, now);
  // Of one that has ended a while ago nothing passes.
  const std::chrono::duration<double> time = now - from.time;
  if (time.count() <= 0) return std::nullopt;
  if (pipeline.status->ended && now - *pipeline.status->ended > window) return Rate{};
  return Rate{difference(to.read, from.read) / time.count(), difference(to.bytes, from.bytes) / time.count(),
              difference(to.written, from.written) / time.count()};
}

}  // namespace hiveframe::daemon
