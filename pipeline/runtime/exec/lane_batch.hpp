#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/record/slice.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/exec/worker.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// A batch of a lane between the workers and the outlets.
struct LaneBatch {
  Processed processed;
  std::vector<pipeline::RefusedRecord> refused;
  pipeline::Position end;
  Amount read;  ///< of all its records, the refused ones too
};

/// A batch as it comes from a worker, and what of it is yet to be processed if it was cut.
struct ProcessedBatch {
  std::shared_ptr<const LaneBatch> batch;
  std::unique_ptr<record::Storage> rest;
  std::shared_ptr<LaneBatch> rest_batch;  ///< without what the worker makes of it

  /// Of a batch that has come from a worker: what was read with it is divided, too. `rest_begins` is where
  /// reading begins with the first record of the rest.
  static ProcessedBatch of(std::shared_ptr<LaneBatch> batch, const pipeline::Lane& lane);
};

/// What of a batch is sent: a slice for each route, and where the lane goes on behind them.
struct BatchPart {
  std::vector<record::Slice> slices;
  pipeline::Position end;
  std::uint64_t filtered = 0;
  std::uint64_t left_out = 0;  ///< records of the batch that do not belong to this part
};

/// The whole batch.
BatchPart whole_of(const LaneBatch& batch);

/// What stands before a record that is not sent: it has `records_before` of the batch before it, as that was
/// read; `record` is the first of the storage that does not stand before it. It does not belong to the part
/// and is not left out either. `end`: reading from there begins with it.
BatchPart part_before(const LaneBatch& batch, std::uint64_t records_before, std::uint32_t record,
                      pipeline::Position end);

}  // namespace hiveframe::runtime
