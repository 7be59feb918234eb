#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "pipeline/interrupt.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::daemon {

/// Dead letters as a source: gives the records that they hold, as the pipeline's own source once did. What
/// its records look like it asks that source, which it opens and does not read.
class LetterSource final : public pipeline::Source {
 public:
  struct Settings {
    std::string file;  ///< of letters, each with the whole of its record; changed by nobody meanwhile
    std::string turn;  ///< what tells this replay from others
    /// There will be no more: the run publishes its output when it is done. Otherwise it goes on until it is
    /// stopped.
    bool ends = true;
    /// All letters before this position in the file are replayed: durable in every sink. `all`: there are no
    /// more. On the pipeline's strand.
    std::function<void(std::uint64_t position, bool all)> replayed;
  };

  LetterSource(std::unique_ptr<pipeline::Source> own, Settings settings);
  ~LetterSource() override;

  [[nodiscard]] pipeline::SourceTraits traits() const noexcept override;
  [[nodiscard]] std::string identity() const override { return own_->identity(); }
  [[nodiscard]] const codec::Format* format() const noexcept override { return own_->format(); }
  pipeline::Task<void> open(pipeline::SourceContext context) override;
  pipeline::Task<pipeline::LaneEvent> next() override;
  pipeline::Task<void> commit(std::vector<pipeline::LanePosition> positions) override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override;

 private:
  class Waiting;

  const std::unique_ptr<pipeline::Source> own_;
  const Settings settings_;
  std::uint64_t size_ = 0;  // of the file
  bool given_ = false;
  pipeline::Interrupt interrupt_;
  std::unique_ptr<Waiting> waiting_;
};

}  // namespace hiveframe::daemon
