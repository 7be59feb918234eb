#include "pipeline/source.hpp"

namespace hiveframe::pipeline {

Task<void> Source::commit(std::vector<LanePosition> /*positions*/) { co_return; }

}  // namespace hiveframe::pipeline
