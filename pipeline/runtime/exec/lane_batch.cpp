#include "pipeline/runtime/exec/lane_batch.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::runtime {

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
  part.filtered = records_before - static_cast<std::uint64_t>(std::count(sent.begin(), sent.end(), true));
  part.left_out = batch.read.records - records_before - 1;
  return part;
}

}  // namespace hiveframe::runtime
