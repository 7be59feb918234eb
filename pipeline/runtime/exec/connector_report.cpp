#include "pipeline/runtime/exec/connector_report.hpp"

#include <utility>

namespace hiveframe::runtime {

void ShownMeasures::show(std::vector<pipeline::Measure> measures) {
  const std::lock_guard lock(mutex_);
  measures_ = std::move(measures);
}

std::vector<pipeline::Measure> ShownMeasures::shown() const {
  const std::lock_guard lock(mutex_);
  return measures_;
}

}  // namespace hiveframe::runtime
