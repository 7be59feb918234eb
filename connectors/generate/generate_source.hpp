#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "connectors/generate/settings.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::connectors::generate {

/// Of the metadata of each record.
inline constexpr std::array<std::string_view, 2> meta_names = {"sequence", "seed"};

/// The time, from outside.
struct Clocks {
  std::function<std::chrono::steady_clock::time_point()> steady = &std::chrono::steady_clock::now;
  std::function<std::chrono::system_clock::time_point()> system = &std::chrono::system_clock::now;
};

/// What record `sequence` has as meta.seed: as good as random, and the same for the same seed. Never negative
/// as a 64-bit integer. The output function of SplitMix64 (Steele, Lea, Flood 2014) at that place.
std::uint64_t record_seed(std::uint64_t seed, std::uint64_t sequence) noexcept;

/// Makes records from a template: one lane, whose position is the sequence of the next record. Any record can
/// be made again, so it is replayed like a file; what depends on `now` then differs.
class GenerateSource final : public pipeline::Source {
 public:
  /// The settings outlive the records.
  explicit GenerateSource(std::shared_ptr<const Settings> settings, Clocks clocks = {});
  ~GenerateSource() override;

  [[nodiscard]] pipeline::SourceTraits traits() const noexcept override;
  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] const codec::Format* format() const noexcept override { return nullptr; }
  pipeline::Task<void> open(pipeline::SourceContext context) override;
  pipeline::Task<pipeline::LaneEvent> next() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override;

 private:
  std::shared_ptr<const Settings> settings_;
  Clocks clocks_;
  std::shared_ptr<pipeline::Interrupt> interrupt_;
  bool given_ = false;
};

}  // namespace hiveframe::connectors::generate
