#pragma once

#include "pipeline/codec/framer.hpp"

namespace hiveframe::codec::bytes {

/// The whole stream is one record, even if it is empty.
class BytesFramer final : public Framer {
 public:
  std::size_t scan(std::string_view window, bool at_end, std::size_t limit,
                   std::vector<Frame>& frames) override;
  Skipped skip(std::string_view window, bool at_end) override;
  [[nodiscard]] std::uint64_t lines() const noexcept override { return 0; }
  [[nodiscard]] std::string save() const override { return done_ ? "done" : ""; }
  [[nodiscard]] std::string save_before(const Frame&) const override { return ""; }
  bool restore(std::string_view saved) override;

 private:
  bool done_ = false;
};

}  // namespace hiveframe::codec::bytes
