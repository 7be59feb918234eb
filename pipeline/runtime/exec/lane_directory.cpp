#include "pipeline/runtime/exec/lane_directory.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace hiveframe::runtime {
namespace {

std::function<std::string(std::size_t)> ids_of(const LaneSet& lanes) {
  return [&lanes](std::size_t lane) { return lanes.at(lane)->lane().id(); };
}

}  // namespace

LaneDirectory directory_for_sinks(const RunContext& context, const LaneSet& lanes) {
  const bool exactly_once = context.spec.delivery == Delivery::exactly_once;
  LaneDirectory directory;
  directory.position_of = [&lanes, exactly_once](std::size_t lane, const record::Slice& slice,
                                                 std::size_t record) {
    const std::shared_ptr<LaneRunner> runner = lanes.at(lane);
    return exactly_once && runner ? runner->lane().position_of(slice.storage(), slice[record])
                                  : pipeline::Position();
  };
  directory.id_of = ids_of(lanes);
  directory.refused = [&lanes](SinkRefusal refused) -> pipeline::Task<bool> {
    const std::shared_ptr<LaneRunner> lane = lanes.at(refused.parcel.lane);
    if (!lane) co_return true;  // it was taken away, and whoever has it now will read the record
    co_return co_await lane->on_refused(std::move(refused));
  };
  return directory;
}

LaneDirectory directory_for_letters(const RunContext& context, const LaneSet& lanes) {
  LaneDirectory directory;
  directory.position_of = [](std::size_t, const record::Slice&, std::size_t) { return pipeline::Position(); };
  directory.id_of = ids_of(lanes);
  directory.refused = [&context](SinkRefusal refused) -> pipeline::Task<bool> {
    context.fail(refused.sink + " refused a dead letter: " + refused.error.message +
                 "; nothing takes a letter in its place, so mend this sink and start again");
    co_return false;
  };
  return directory;
}

}  // namespace hiveframe::runtime
