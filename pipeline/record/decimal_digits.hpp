#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace hiveframe::record {

/// The significant digits of a JSON number literal, read in place: neither leading nor trailing zeros,
/// and where the first of them stands. Private to record/.
class DecimalDigits {
 public:
  /// `literal` is a JSON number literal; an exponent beyond 18 digits is cut down to 10^18.
  explicit DecimalDigits(std::string_view literal) noexcept {
    if (!literal.empty() && literal.front() == '-') {
      negative_ = true;
      literal.remove_prefix(1);
    }
    const std::size_t mark = std::min(literal.find('e'), literal.find('E'));
    if (mark != std::string_view::npos) {
      exponent_ = exponent_of(literal.substr(mark + 1));
      literal = literal.substr(0, mark);
    }
    const std::size_t point = literal.find('.');
    whole_ = literal.substr(0, point);
    if (point != std::string_view::npos) fraction_ = literal.substr(point + 1);
    end_ = whole_.size() + fraction_.size();
    while (begin_ < end_ && at(begin_) == '0')
      ++begin_;
    while (end_ > begin_ && at(end_ - 1) == '0')
      --end_;
  }

  [[nodiscard]] bool negative() const noexcept { return negative_; }
  [[nodiscard]] bool zero() const noexcept { return begin_ == end_; }
  [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
  /// The i-th significant digit, '0' to '9'.
  [[nodiscard]] char operator[](std::size_t i) const noexcept { return at(begin_ + i); }
  /// The power of ten of the first digit: 0 for 7.5, 2 for 750, -1 for 0.75.
  [[nodiscard]] std::int64_t lead() const noexcept {
    return static_cast<std::int64_t>(whole_.size()) - 1 - static_cast<std::int64_t>(begin_) + exponent_;
  }

 private:
  [[nodiscard]] char at(std::size_t i) const noexcept {
    return i < whole_.size() ? whole_[i] : fraction_[i - whole_.size()];
  }

  static std::int64_t exponent_of(std::string_view text) noexcept {
    bool negative = false;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
      negative = text.front() == '-';
      text.remove_prefix(1);
    }
    constexpr std::int64_t limit = 1'000'000'000'000'000'000;
    std::int64_t value = 0;
    for (const char digit : text) {
      value = value >= limit / 10 ? limit : value * 10 + (digit - '0');
    }
    value = std::min(value, limit);
    return negative ? -value : value;
  }

  std::string_view whole_;
  std::string_view fraction_;
  std::int64_t exponent_ = 0;
  std::size_t begin_ = 0;  // of the significant digits, in whole_ and fraction_ written side by side
  std::size_t end_ = 0;
  bool negative_ = false;
};

}  // namespace hiveframe::record
