#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "pipeline/report.hpp"
#include "pipeline/runtime/exec/health.hpp"

namespace hiveframe::runtime {

/// What a connector shows of itself: written by its threads, read by whoever asks for the status, also when
/// the connector is gone.
class ShownMeasures {
 public:
  void show(std::vector<pipeline::Measure> measures);
  [[nodiscard]] std::vector<pipeline::Measure> shown() const;

 private:
  mutable std::mutex mutex_;
  std::vector<pipeline::Measure> measures_;
};

/// Takes what the source or a sink says of itself. `component` is whose trouble it is, as for the calls of
/// it, so that trouble which both tell is one.
class ConnectorReport final : public pipeline::Report {
 public:
  ConnectorReport(Health& health, std::string component, ShownMeasures& measures)
      : health_(health), component_(std::move(component)), measures_(measures) {}

  void waits(const std::string& why) override { health_.trouble(component_, why); }
  void works() override { health_.recovered(component_); }
  void show(std::vector<pipeline::Measure> measures) override { measures_.show(std::move(measures)); }

 private:
  Health& health_;
  const std::string component_;
  ShownMeasures& measures_;
};

}  // namespace hiveframe::runtime
