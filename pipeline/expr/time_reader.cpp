#include <algorithm>
#include <chrono>

#include "pipeline/expr/time_conversion.hpp"
#include "pipeline/expr/time_format.hpp"
#include "pipeline/expr/time_names.hpp"

namespace hiveframe::expr {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Reads one text by one format.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  bool read(std::string_view format) {
    while (!format.empty()) {
      const TimeConversion one = take_conversion(format);
      const std::string_view longer = expansion(one.letter);
      if (longer.empty() ? !read(one) : !read(longer)) return false;
    }
    return true;
  }

  [[nodiscard]] bool at_end() const { return text_.empty(); }

  [[nodiscard]] std::optional<ReadTime> result() const {
    using namespace std::chrono;
    ReadTime made;
    made.time.nanos = nanos_;
    if (has_since_) {
      made.has_offset = true;
      made.time.local_seconds = since_;
      return made;
    }
    const std::chrono::year year(year_);
    const year_month_day date(year, month(static_cast<unsigned>(month_)), day(static_cast<unsigned>(day_)));
    if (!date.ok()) return std::nullopt;
    sys_days days(date);
    if (day_of_year_ != 0) {
      days = sys_days(year / January / 1) + std::chrono::days(day_of_year_ - 1);
      if (year_month_day(days).year() != year) return std::nullopt;
    }
    int hour = hour_;
    if (half_ >= 0) {
      if (hour < 1 || hour > 12) return std::nullopt;
      hour = hour % 12 + 12 * half_;
    }
    if (hour > 23 || minute_ > 59 || second_ > 59) return std::nullopt;
    const std::int64_t day_begin = sys_seconds(days).time_since_epoch().count();
    made.time.local_seconds = day_begin + hour * 3600 + minute_ * 60 + second_;
    made.time.offset = offset_;
    made.has_offset = has_offset_;
    return made;
  }

 private:
  bool read(const TimeConversion& one) {
    switch (one.letter) {
      case '\0':
        return take(one.text);
      case '%':
        return take("%");
      case 'Y':
        return number(4, 4, year_);
      case 'y':
        // As POSIX has it: 69 is 1969, 68 is 2068.
        if (!number(2, 2, year_)) return false;
        year_ += year_ < 69 ? 2000 : 1900;
        return true;
      case 'm':
        return number(1, 2, month_);
      case 'd':
        return number(1, 2, day_);
      case 'e':
        if (text_.starts_with(' ')) text_.remove_prefix(1);
        return number(1, 2, day_);
      case 'j':
        return number(1, 3, day_of_year_) && day_of_year_ > 0;
      case 'H':
      case 'I':
        return number(1, 2, hour_);
      case 'M':
        return number(1, 2, minute_);
      case 'S':
        return number(1, 2, second_);
      case 'f':
        return fraction(one.digits);
      case 'B':
      case 'b':
        return name(month_names, 1, month_);
      case 'A':
      case 'a': {
        int ignored = 0;
        return name(day_names, 0, ignored);
      }
      case 'p':
        half_ = same_letters(text_.substr(0, 2), "am") ? 0 : same_letters(text_.substr(0, 2), "pm") ? 1 : -1;
        if (half_ >= 0) text_.remove_prefix(2);
        return half_ >= 0;
      case 's':
        return since();
      default:
        return offset();
    }
  }

  bool take(std::string_view some) {
    if (!text_.starts_with(some)) return false;
    text_.remove_prefix(some.size());
    return true;
  }

  bool number(std::size_t fewest, std::size_t most, int& value) {
    std::size_t size = 0;
    int read = 0;
    while (size < most && size < text_.size() && is_digit(text_[size]))
      read = read * 10 + (text_[size++] - '0');
    if (size < fewest) return false;
    text_.remove_prefix(size);
    value = read;
    return true;
  }

  bool fraction(int digits) {
    std::size_t size = 0;
    std::uint32_t read = 0;
    while (size < 9 && size < text_.size() && is_digit(text_[size]))
      read = read * 10 + static_cast<std::uint32_t>(text_[size++] - '0');
    if (size == 0 || (digits != 0 && size != static_cast<std::size_t>(digits))) return false;
    text_.remove_prefix(size);
    for (; size < 9; ++size)
      read *= 10;
    nanos_ = read;
    return true;
  }

  static bool same_letters(std::string_view some, std::string_view small) {
    return std::equal(some.begin(), some.end(), small.begin(), small.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
  }

  // A name, or its first three letters.
  template <class Names>
  bool name(const Names& names, int first, int& value) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (const std::string_view each : {names[i], short_name_of(names[i])}) {
        if (!same_letters(text_.substr(0, each.size()), each)) continue;
        text_.remove_prefix(each.size());
        value = first + static_cast<int>(i);
        return true;
      }
    }
    return false;
  }

  // Z, +02, +0200, +02:00
  bool offset() {
    has_offset_ = true;
    offset_ = 0;
    if (take("Z") || take("z")) return true;
    const bool negative = text_.starts_with('-');
    if (!negative && !text_.starts_with('+')) return false;
    text_.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!number(2, 2, hours)) return false;
    const bool colon = take(":");
    if ((colon || (!text_.empty() && is_digit(text_[0]))) && !number(2, 2, minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    offset_ = (hours * 3600 + minutes * 60) * (negative ? -1 : 1);
    return true;
  }

  bool since() {
    const bool negative = take("-");
    std::size_t size = 0;
    std::int64_t read = 0;
    while (size < 12 && size < text_.size() && is_digit(text_[size]))
      read = read * 10 + (text_[size++] - '0');
    if (size == 0) return false;
    text_.remove_prefix(size);
    since_ = negative ? -read : read;
    has_since_ = true;
    return true;
  }

  std::string_view text_;
  int year_ = 1970;
  int month_ = 1;
  int day_ = 1;
  int day_of_year_ = 0;
  int hour_ = 0;
  int half_ = -1;  // of the day, by %p
  int minute_ = 0;
  int second_ = 0;
  std::uint32_t nanos_ = 0;
  std::int64_t offset_ = 0;
  bool has_offset_ = false;
  std::int64_t since_ = 0;
  bool has_since_ = false;
};

}  // namespace

std::optional<ReadTime> read_time(std::string_view format, std::string_view text) {
  TimeReader reader(text);
  if (!reader.read(format) || !reader.at_end()) return std::nullopt;
  return reader.result();
}

}  // namespace hiveframe::expr
