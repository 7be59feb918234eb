#include "pipeline/runtime/exec/lane_batch.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace hiveframe::runtime {

ProcessedBatch ProcessedBatch::of(std::shared_ptr<LaneBatch> batch, const pipeline::Lane& lane) {
  ProcessedBatch out;
  out.rest = std::move(batch->processed.rest);
  if (out.rest) {
    const std::size_t processed = batch->processed.read;
    auto rest = std::make_shared<LaneBatch>();
    rest->end = std::exchange(batch->end, lane.position_of(*out.rest, out.rest->records.front()));
    const auto behind = std::find_if(batch->refused.begin(), batch->refused.end(),
                                     [processed](const auto& each) { return each.before > processed; });
    rest->refused.assign(std::make_move_iterator(behind), std::make_move_iterator(batch->refused.end()));
    batch->refused.erase(behind, batch->refused.end());
    for (pipeline::RefusedRecord& each : rest->refused)
      each.before -= processed;
    rest->read.records = out.rest->records.size() + rest->refused.size();
    for (const record::Record& record : out.rest->records)
      rest->read.bytes += record.original.empty() ? 0 : record.original.size() + 1;
    rest->read.bytes = std::min(rest->read.bytes, batch->read.bytes);
    batch->read -= rest->read;
    out.rest_batch = std::move(rest);
  }
  out.batch = std::move(batch);
  return out;
}

namespace {

/// How many records, as they were read, those are that were sent.
std::uint64_t count_as_read(const std::vector<bool>& sent, const std::vector<std::uint32_t>& numbers) {
  std::uint64_t count = 0;
  std::optional<std::uint32_t> last;
  for (std::uint32_t i = 0; i < sent.size(); ++i) {
    if (!sent[i]) continue;
    const std::uint32_t number = numbers.empty() ? i : numbers[i];
    if (number != last) ++count;
    last = number;
  }
  return count;
}

}  // namespace

BatchPart whole_of(const LaneBatch& batch) {
  BatchPart part;
  for (const auto& selection : batch.processed.selections)
    part.slices.emplace_back(batch.processed.storage, selection);
  part.end = batch.end;
  part.filtered = batch.processed.filtered;
  return part;
}

BatchPart part_before(const LaneBatch& batch, std::uint64_t records_before, std::uint32_t record,
                      pipeline::Position end) {
  BatchPart part;
  std::vector<bool> sent(record, false);
  for (const auto& selection : batch.processed.selections) {
    const auto& records = selection->records;
    const auto cut = std::lower_bound(records.begin(), records.end(), record);
    for (auto each = records.begin(); each != cut; ++each)
      sent[*each] = true;
    const record::Slice whole(batch.processed.storage, selection);
    part.slices.push_back(whole.part(0, static_cast<std::size_t>(cut - records.begin())));
  }
  part.end = std::move(end);
  part.filtered = records_before - count_as_read(sent, batch.processed.numbers);
  part.left_out = batch.read.records - records_before - 1;
  return part;
}

}  // namespace hiveframe::runtime
