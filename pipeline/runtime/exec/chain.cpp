#include "pipeline/runtime/exec/chain.hpp"

#include "pipeline/expr/environment.hpp"
#include "pipeline/runtime/exec/outlet.hpp"
#include "pipeline/runtime/exec/outlet_set.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/transform.hpp"

namespace hiveframe::runtime {

std::vector<Pacer> pacers_of(const std::vector<StageSpec>& stages) {
  std::vector<Pacer> pacers;
  for (const StageSpec& stage : stages) {
    if (const std::optional<double> rate = stage.transform->records_per_second()) pacers.emplace_back(*rate);
  }
  return pacers;
}

Route route_to(const Outlet& outlet) {
  const pipeline::SinkTraits& traits = outlet.traits();
  return {outlet.spec().name, outlet.spec().when, traits.format, traits.computed};
}

std::shared_ptr<const Chain> make_chain(const RunContext& context, const codec::Format* source_format,
                                        const OutletSet& outlets) {
  auto chain = std::make_shared<Chain>();
  chain->source_format = source_format;
  chain->stages = context.spec.transforms;
  chain->max_tree_bytes = static_cast<std::size_t>(context.memory_limit / 4);
  chain->interrupted = context.interrupted;
  chain->tap = context.options.tap;
  chain->max_batch_bytes = static_cast<std::size_t>(context.memory_limit / batches_in_memory);
  chain->environment = expr::environment_of(context.options.environment, chain->environment_text);
  for (const auto& outlet : outlets.routes())
    chain->routes.push_back(route_to(*outlet));
  return chain;
}

}  // namespace hiveframe::runtime
