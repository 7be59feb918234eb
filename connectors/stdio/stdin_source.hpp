#pragma once

#include <memory>
#include <string>

#include "connectors/stdio/settings.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::connectors::stdio {

/// Reads standard input as one lane, until its end. It cannot be read again, so no position is kept.
class StdinSource final : public pipeline::Source {
 public:
  /// `descriptor` is standard input, or another for tests; not closed.
  explicit StdinSource(SourceSettings settings, int descriptor = 0);
  ~StdinSource() override;

  [[nodiscard]] pipeline::SourceTraits traits() const noexcept override;
  [[nodiscard]] std::string identity() const override { return "stdin"; }
  [[nodiscard]] const codec::Format* format() const noexcept override { return settings_.format; }
  pipeline::Task<void> open(pipeline::SourceContext context) override;
  pipeline::Task<pipeline::LaneEvent> next() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override;

 private:
  SourceSettings settings_;
  int descriptor_;
  std::shared_ptr<pipeline::Interrupt> interrupt_;
  bool given_ = false;
};

}  // namespace hiveframe::connectors::stdio
