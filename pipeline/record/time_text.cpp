#include "pipeline/record/time_text.hpp"

#include <charconv>
#include <chrono>
#include <cstring>

namespace hiveframe::record {
namespace {

constexpr std::uint32_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

/// Takes pieces off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return text_; }
  [[nodiscard]] bool digit_next() const noexcept {
    return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
  }
  bool take(char c) noexcept {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) noexcept {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  /// Exactly `count` digits.
  bool take_digits(std::size_t count, int& number) noexcept {
    if (text_.size() < count) return false;
    number = 0;
    for (; count > 0; --count) {
      if (!digit_next()) return false;
      number = number * 10 + take_digit();
    }
    return true;
  }
  int take_digit() noexcept {
    const int digit = text_.front() - '0';
    text_.remove_prefix(1);
    return digit;
  }

 private:
  std::string_view text_;
};

bool take_date(Reader& reader, std::int64_t& days) noexcept {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.take_digits(4, year) || !reader.take('-') || !reader.take_digits(2, month) ||
      !reader.take('-') || !reader.take_digits(2, day)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year == 0 || !date.ok()) return false;
  days = std::chrono::sys_days(date).time_since_epoch().count();
  return true;
}

bool take_time(Reader& reader, std::int64_t& seconds, std::uint32_t& nanos) noexcept {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!reader.take_digits(2, hour) || !reader.take(':') || !reader.take_digits(2, minute) ||
      !reader.take(':') || !reader.take_digits(2, second)) {
    return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  seconds = hour * 3600 + minute * 60 + second;
  nanos = 0;
  if (!reader.take('.')) return true;
  if (!reader.digit_next()) return false;
  for (std::uint32_t unit = nanos_per_second / 10; reader.digit_next(); unit /= 10) {
    const int digit = reader.take_digit();
    if (unit == 0 && digit != 0) return false;
    nanos += static_cast<std::uint32_t>(digit) * unit;
  }
  return true;
}

/// Seconds that the zone is ahead of UTC.
bool take_offset(Reader& reader, std::int64_t& offset) noexcept {
  offset = 0;
  if (reader.take('Z') || reader.take('z')) return true;
  const bool behind = reader.take('-');
  if (!behind && !reader.take('+')) return false;
  int hours = 0;
  int minutes = 0;
  if (!reader.take_digits(2, hours) || !reader.take(':') || !reader.take_digits(2, minutes)) return false;
  if (hours > 23 || minutes > 59) return false;
  offset = hours * 3600 + minutes * 60;
  if (behind) offset = -offset;
  return true;
}

char* write_padded(std::uint32_t number, std::size_t digits, char* to) noexcept {
  for (std::size_t i = digits; i > 0; --i, number /= 10)
    to[i - 1] = static_cast<char>('0' + number % 10);
  return to + digits;
}

char* write_day(std::int64_t days, char* to) noexcept {
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<std::chrono::days::rep>(days)))};
  int year = static_cast<int>(date.year());
  if (year < 0) {
    *to++ = '-';
    year = -year;
  }
  if (year > 9999) {
    to = std::to_chars(to, to + 8, year).ptr;
  } else {
    to = write_padded(static_cast<std::uint32_t>(year), 4, to);
  }
  *to++ = '-';
  to = write_padded(static_cast<unsigned>(date.month()), 2, to);
  *to++ = '-';
  return write_padded(static_cast<unsigned>(date.day()), 2, to);
}

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
// "ms" before "m": the first that fits is taken. Unicode has two characters for micro, and people's texts
// both.
constexpr Unit units[] = {
    {"ns", 1},         {"us", 1'000},        {"\u00b5s", 1'000},    {"\u03bcs", 1'000},
    {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};

__extension__ using Wide = __int128;

}  // namespace

std::optional<Value> parse_timestamp(std::string_view text) noexcept {
  Reader reader(text);
  std::int64_t days = 0;
  std::int64_t seconds = 0;
  std::uint32_t nanos = 0;
  if (!take_date(reader, days) || (!reader.take('T') && !reader.take('t')) ||
      !take_time(reader, seconds, nanos)) {
    return std::nullopt;
  }
  seconds += days * seconds_per_day;
  if (reader.at_end()) return Value::timestamp(seconds, nanos, true);
  std::int64_t offset = 0;
  if (!take_offset(reader, offset) || !reader.at_end()) return std::nullopt;
  seconds -= offset;
  if (seconds < min_timestamp_seconds || seconds > max_timestamp_seconds) return std::nullopt;
  return Value::timestamp(seconds, nanos);
}

std::optional<Value> parse_date(std::string_view text) noexcept {
  Reader reader(text);
  std::int64_t days = 0;
  if (!take_date(reader, days) || !reader.at_end()) return std::nullopt;
  return Value::date(days);
}

std::optional<Value> parse_duration(std::string_view text) noexcept {
  Reader reader(text);
  const bool negative = reader.take('-');
  if (!negative) reader.take('+');
  if (reader.at_end()) return std::nullopt;
  if (reader.rest() == "0") return Value::duration(0, 0);
  constexpr Wide limit = Wide(max_duration_seconds) * nanos_per_second;
  Wide total = 0;
  while (!reader.at_end()) {
    Wide number = 0;
    Wide fraction = 0;
    Wide fraction_unit = 1;
    bool digits = false;
    for (; reader.digit_next(); digits = true) {
      number = number * 10 + reader.take_digit();
      if (number > limit) return std::nullopt;
    }
    if (reader.take('.')) {
      for (; reader.digit_next(); digits = true) {
        const int digit = reader.take_digit();
        if (fraction_unit > 1'000'000'000'000'000'000) {
          if (digit != 0) return std::nullopt;
          continue;
        }
        fraction = fraction * 10 + digit;
        fraction_unit *= 10;
      }
    }
    if (!digits) return std::nullopt;
    const Unit* unit = nullptr;
    for (const Unit& candidate : units) {
      if (reader.take(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (unit == nullptr || (fraction * unit->nanos) % fraction_unit != 0) return std::nullopt;
    total += number * unit->nanos + fraction * unit->nanos / fraction_unit;
    if (total > limit) return std::nullopt;
  }
  if (negative) total = -total;
  std::int64_t seconds = static_cast<std::int64_t>(total / nanos_per_second);
  std::int64_t nanos = static_cast<std::int64_t>(total % nanos_per_second);
  if (nanos < 0) {
    --seconds;
    nanos += nanos_per_second;
  }
  return Value::duration(seconds, static_cast<std::uint32_t>(nanos));
}

char* write_timestamp(const Value& timestamp, char* to) noexcept {
  std::int64_t days = timestamp.seconds() / seconds_per_day;
  std::int64_t second = timestamp.seconds() % seconds_per_day;
  if (second < 0) {
    --days;
    second += seconds_per_day;
  }
  to = write_day(days, to);
  *to++ = 'T';
  to = write_padded(static_cast<std::uint32_t>(second / 3600), 2, to);
  *to++ = ':';
  to = write_padded(static_cast<std::uint32_t>(second / 60 % 60), 2, to);
  *to++ = ':';
  to = write_padded(static_cast<std::uint32_t>(second % 60), 2, to);
  if (const std::uint32_t nanos = timestamp.nanos(); nanos != 0) {
    *to++ = '.';
    if (nanos % 1'000'000 == 0) {
      to = write_padded(nanos / 1'000'000, 3, to);
    } else if (nanos % 1000 == 0) {
      to = write_padded(nanos / 1000, 6, to);
    } else {
      to = write_padded(nanos, 9, to);
    }
  }
  if (!timestamp.local()) *to++ = 'Z';
  return to;
}

char* write_date(const Value& date, char* to) noexcept { return write_day(date.days(), to); }

char* write_duration(const Value& duration, char* to) noexcept {
  std::int64_t seconds = duration.seconds();
  std::uint32_t nanos = duration.nanos();
  if (seconds < 0) {
    *to++ = '-';
    if (nanos != 0) {
      ++seconds;
      nanos = nanos_per_second - nanos;
    }
  }
  // Negated as unsigned: the least int64 has no positive counterpart.
  const std::uint64_t magnitude =
      seconds < 0 ? 0 - static_cast<std::uint64_t>(seconds) : static_cast<std::uint64_t>(seconds);
  to = std::to_chars(to, to + 20, magnitude).ptr;
  if (nanos != 0) {
    *to++ = '.';
    to = write_padded(nanos, 9, to);
    while (to[-1] == '0')
      --to;
  }
  *to++ = 's';
  return to;
}

}  // namespace hiveframe::record
