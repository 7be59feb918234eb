#pragma once

#include "pipeline/codec/framer.hpp"

namespace hiveframe::codec {

/// A record is a line. `\n` or `\r\n` ends it; the last one may lack that. A byte order mark before the
/// first line is passed over.
class LineFramer final : public Framer {
 public:
  enum class BlankLines : bool { are_records, are_skipped };

  explicit LineFramer(BlankLines blank) noexcept : blank_(blank) {}

  std::size_t scan(std::string_view window, bool at_end, std::size_t limit,
                   std::vector<Frame>& frames) override;
  Skipped skip(std::string_view window, bool at_end) override;
  [[nodiscard]] std::uint64_t lines() const noexcept override { return line_; }
  [[nodiscard]] std::string save() const override;
  [[nodiscard]] std::string save_before(const Frame& frame) const override;
  bool restore(std::string_view saved) override;

 private:
  BlankLines blank_;
  std::uint64_t line_ = 0;
  std::size_t searched_ = 0;  // bytes at the next window's start known to hold no end of line
  bool at_start_ = true;
};

}  // namespace hiveframe::codec
