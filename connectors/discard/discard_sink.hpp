#pragma once

#include <cstdint>

#include "connectors/discard/settings.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::discard {

/// Takes everything and keeps nothing: to see how fast the rest is. With Touch::all every field of every
/// record is looked at, so that a benchmark cannot leave out the work of reading it.
class DiscardSink final : public pipeline::Sink {
 public:
  explicit DiscardSink(SinkSettings settings) : settings_(settings) {}

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override {}

  /// Of all fields so far; the same records in the same order give the same sum.
  [[nodiscard]] std::uint64_t checksum() const noexcept { return checksum_; }

 private:
  SinkSettings settings_;
  std::uint64_t checksum_ = 0;
};

}  // namespace hiveframe::connectors::discard
