#pragma once

#include <cstdint>
#include <vector>

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

}  // namespace hiveframe::runtime
