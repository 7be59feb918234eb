#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/codec/format.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"
#include "pipeline/runtime/exec/spec.hpp"
#include "pipeline/runtime/flow/pacer.hpp"

namespace hiveframe::runtime {

/// A batch that transforms make larger than one of so many parts of memory_limit is cut. Every lane may hold
/// a few batches, and several workers make one at the same time, beyond the limit if it must be.
inline constexpr std::uint64_t batches_in_memory = 96;

class Outlet;
class OutletSet;
class Tap;
struct RunContext;

/// What one sink wants of the workers.
struct Route {
  std::string name;  ///< of the sink, for errors
  std::shared_ptr<const expr::Program> when;
  const codec::Format* format = nullptr;  ///< nullptr: it takes trees
  std::vector<const expr::Template*> computed;
};

/// What happens to every record between source and sinks. Immutable, shared by the workers, and outlives
/// every batch, for values may point into its expressions.
struct Chain {
  const codec::Format* source_format = nullptr;  ///< nullptr: records come with their trees
  std::vector<StageSpec> stages;
  std::vector<Route> routes;
  record::Arena environment_text;
  record::Value environment;              ///< `env`; in environment_text
  std::size_t max_tree_bytes = SIZE_MAX;  ///< a record whose tree takes more is rejected
  /// A batch that becomes more, or more than there is room for, is cut: Processed::rest. 0: none is.
  std::size_t max_batch_bytes = 0;
  /// Becomes true when nobody waits for results any more, which are then not looked at.
  std::shared_ptr<const std::atomic<bool>> interrupted;
  std::shared_ptr<Tap> tap;  ///< where people may look at the records; null: nowhere
};

/// Of the stages that have a rate, in their order: see Processed::passed.
std::vector<Pacer> pacers_of(const std::vector<StageSpec>& stages);

/// What the sink of an outlet wants.
Route route_to(const Outlet& outlet);
/// From a source, which gives records in this format, to its sinks.
std::shared_ptr<const Chain> make_chain(const RunContext& context, const codec::Format* source_format,
                                        const OutletSet& outlets);

}  // namespace hiveframe::runtime
