#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/record/slice.hpp"
#include "pipeline/runtime/exec/worker.hpp"

namespace hiveframe::runtime {

/// The records of a batch that are still wanted, and where they came from. The storage is shared by the
/// slices.
struct KeptRecords {
  std::shared_ptr<const record::Storage> storage;
  /// What number each record of a copy had, rising; empty if nothing was copied.
  std::vector<std::uint32_t> numbers;
};

/// The storage as the slices will hold it. When little of it is still wanted, the wanted records are copied
/// to a storage of their own, so that a filter which keeps one record in ten thousand does not pin the rest;
/// the selections and bad records are renumbered and point there. `trees`: the records' values are wanted.
KeptRecords keep_alive_only(std::unique_ptr<record::Storage> storage,
                            std::vector<std::shared_ptr<record::Selection>>& selections,
                            std::vector<BadRecord>& bad, bool trees);

/// Takes the records from `first` on out of a storage, to one of their own, as they are; it is not charged.
std::unique_ptr<record::Storage> split_off(record::Storage& storage, std::uint32_t first);

}  // namespace hiveframe::runtime
