#include "pipeline/expr/time_format.hpp"

#include <array>
#include <chrono>

#include "config/text.hpp"
#include "pipeline/expr/time_conversion.hpp"
#include "pipeline/expr/time_names.hpp"

namespace hiveframe::expr {

TimeConversion take_conversion(std::string_view& format) noexcept {
  constexpr std::string_view known = "YymBbdejAaHIpMSfzsFTR%";
  const auto take = [&format](std::size_t size) {
    const std::string_view taken = format.substr(0, size);
    format.remove_prefix(taken.size());
    return taken;
  };
  if (format[0] != '%') return {take(format.find('%')), '\0', 0};
  if (format.starts_with("%:z")) return {take(3), ':', 0};
  if (format.size() >= 3 && format[2] == 'f' && (format[1] == '3' || format[1] == '6' || format[1] == '9')) {
    const int digits = format[1] - '0';
    return {take(3), 'f', digits};
  }
  std::size_t size = 2;  // and all the bytes of a character that is none
  while (size < format.size() && (static_cast<unsigned char>(format[size]) & 0xC0) == 0x80)
    ++size;
  const bool is_known = format.size() > 1 && known.find(format[1]) != std::string_view::npos;
  const char letter = is_known ? format[1] : '?';
  return {take(size), letter, 0};
}

std::string_view expansion(char letter) noexcept {
  return letter == 'F'   ? "%Y-%m-%d"
         : letter == 'T' ? "%H:%M:%S"
         : letter == 'R' ? "%H:%M"
                         : std::string_view();
}

namespace {

// The time taken to pieces.
struct Pieces {
  explicit Pieces(const CalendarTime& whole) : time(whole) {
    using namespace std::chrono;
    const sys_seconds point{seconds(whole.local_seconds)};
    const sys_days date = floor<days>(point);
    const year_month_day parts(date);
    year = static_cast<int>(parts.year());
    month = static_cast<int>(static_cast<unsigned>(parts.month()));
    day = static_cast<int>(static_cast<unsigned>(parts.day()));
    day_of_year = static_cast<int>((date - sys_days(parts.year() / January / 1)).count()) + 1;
    day_of_week = static_cast<int>(weekday(date).c_encoding());
    second = static_cast<int>((point - date).count());
  }

  const CalendarTime& time;
  int year;
  int month;
  int day;
  int day_of_year;
  int day_of_week;
  int second;  // of the day
};

void put_number(std::string& out, std::int64_t number, std::size_t width, char padding = '0') {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), padding);
  out += digits;
}

void put_offset(std::string& out, std::int64_t offset, std::string_view between) {
  out += offset < 0 ? '-' : '+';
  const std::int64_t minutes = (offset < 0 ? -offset : offset) / 60;
  put_number(out, minutes / 60, 2);
  out += between;
  put_number(out, minutes % 60, 2);
}

void put_fraction(std::string& out, std::uint32_t nanos, int digits) {
  std::string all;
  put_number(all, nanos, 9);
  out.append(all, 0, static_cast<std::size_t>(digits == 0 ? 6 : digits));
}

void put(std::string& out, const TimeConversion& one, const Pieces& at) {
  const int hour = at.second / 3600;
  switch (one.letter) {
    case 'Y':
      return put_number(out, at.year, 4);
    case 'y':
      return put_number(out, at.year % 100, 2);
    case 'm':
      return put_number(out, at.month, 2);
    case 'B':
      out += month_names[static_cast<std::size_t>(at.month - 1)];
      return;
    case 'b':
      out += short_name_of(month_names[static_cast<std::size_t>(at.month - 1)]);
      return;
    case 'd':
      return put_number(out, at.day, 2);
    case 'e':
      return put_number(out, at.day, 2, ' ');
    case 'j':
      return put_number(out, at.day_of_year, 3);
    case 'A':
      out += day_names[static_cast<std::size_t>(at.day_of_week)];
      return;
    case 'a':
      out += short_name_of(day_names[static_cast<std::size_t>(at.day_of_week)]);
      return;
    case 'H':
      return put_number(out, hour, 2);
    case 'I':
      return put_number(out, hour % 12 == 0 ? 12 : hour % 12, 2);
    case 'p':
      out += hour < 12 ? "AM" : "PM";
      return;
    case 'M':
      return put_number(out, at.second / 60 % 60, 2);
    case 'S':
      return put_number(out, at.second % 60, 2);
    case 'f':
      return put_fraction(out, at.time.nanos, one.digits);
    case 'z':
      return put_offset(out, at.time.offset, "");
    case ':':
      return put_offset(out, at.time.offset, ":");
    case 's':
      return put_number(out, at.time.local_seconds - at.time.offset, 1);
    case '%':
      out += '%';
      return;
    default:
      out += one.text;
  }
}

void write(std::string& out, std::string_view format, const Pieces& at) {
  while (!format.empty()) {
    const TimeConversion one = take_conversion(format);
    if (const std::string_view longer = expansion(one.letter); !longer.empty()) {
      write(out, longer, at);
    } else {
      put(out, one, at);
    }
  }
}

}  // namespace

std::string write_time(std::string_view format, const CalendarTime& time) {
  std::string out;
  write(out, format, Pieces(time));
  return out;
}

std::string problem_of_time_format(std::string_view format, bool for_reading) {
  std::string letters;
  while (!format.empty()) {
    const TimeConversion one = take_conversion(format);
    if (one.letter == '?') {
      return one.text.size() == 1 ? "the time format ends with a '%'; '%%' is a %"
                                  : "the time format has an unknown conversion " + config::quote(one.text);
    }
    if (one.letter != '\0') letters += one.letter;
  }
  const auto has = [&](char letter) { return letters.find(letter) != std::string::npos; };
  if (!for_reading) return {};
  if (!has('Y') && !has('y') && !has('F') && !has('s'))
    return "the time format has no year: %Y, %y, %F or %s";
  if (has('I') != has('p')) return "the time format has one of %I and %p without the other";
  return {};
}

}  // namespace hiveframe::expr
