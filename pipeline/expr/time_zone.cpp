#include "pipeline/expr/time_zone.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

namespace hiveframe::expr {
namespace {

constexpr std::int64_t seconds_per_day = 86400;
constexpr std::size_t max_file_size = 1 << 20;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Reads big-endian integers from the front of a text; past its end, everything is 0 and good() is false.
class BigEndian {
 public:
  explicit BigEndian(std::string_view bytes) : bytes_(bytes) {}

  std::int64_t integer(std::size_t size) {
    const std::string_view part = take(size);
    std::uint64_t value = !part.empty() && static_cast<signed char>(part[0]) < 0 ? ~std::uint64_t{0} : 0;
    for (const char c : part)
      value = value << 8 | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
  }
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) {
      good_ = false;
      return {};
    }
    const std::string_view part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

struct TzifHeader {
  char version = 0;
  std::size_t utc_flags = 0;
  std::size_t standard_flags = 0;
  std::size_t leaps = 0;
  std::size_t transitions = 0;
  std::size_t types = 0;
  std::size_t name_bytes = 0;

  [[nodiscard]] std::size_t data_size(std::size_t time_size) const {
    return transitions * (time_size + 1) + types * 6 + name_bytes + leaps * (time_size + 4) + standard_flags +
           utc_flags;
  }
};

std::optional<TzifHeader> read_header(BigEndian& in) {
  if (in.take(4) != "TZif") return std::nullopt;
  TzifHeader header;
  const std::string_view version = in.take(1);
  in.take(15);
  for (std::size_t* count : {&header.utc_flags, &header.standard_flags, &header.leaps, &header.transitions,
                             &header.types, &header.name_bytes}) {
    *count = static_cast<std::size_t>(in.integer(4) & 0xFFFFFFFF);
    if (*count > max_file_size) return std::nullopt;
  }
  if (!in.good() || header.types == 0) return std::nullopt;
  header.version = version[0];
  return header;
}

int year_of(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year());
}

}  // namespace

/// The TZ variable's text of POSIX, with RFC 8536's longer times: `CET-1CEST,M3.5.0,M10.5.0/3`.
class PosixZoneReader {
 public:
  explicit PosixZoneReader(std::string_view text) : text_(text) {}

  std::optional<TimeZone::Rule> read() {
    TimeZone::Rule rule;
    if (!name() || !offset(rule.standard)) return std::nullopt;
    if (text_.empty()) return rule;
    if (!name()) return std::nullopt;
    rule.has_daylight = true;
    rule.daylight = rule.standard + 3600;
    if (!text_.empty() && text_[0] != ',' && !offset(rule.daylight)) return std::nullopt;
    if (!day(rule.begin) || !day(rule.end) || !text_.empty()) return std::nullopt;
    return rule;
  }

 private:
  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool name() {
    if (take('<')) {
      const std::size_t close = text_.find('>');
      if (close == std::string_view::npos) return false;
      text_.remove_prefix(close + 1);
      return true;
    }
    std::size_t length = 0;
    while (length < text_.size() && is_letter(text_[length]))
      ++length;
    text_.remove_prefix(length);
    return length >= 3;
  }

  bool number(int max, int& value) {
    if (text_.empty() || !is_digit(text_[0])) return false;
    value = 0;
    while (!text_.empty() && is_digit(text_[0])) {
      value = value * 10 + (text_[0] - '0');
      if (value > max) return false;
      text_.remove_prefix(1);
    }
    return true;
  }

  bool time(std::int64_t& seconds) {
    const bool negative = take('-');
    if (!negative) take('+');
    int hours = 0;
    int minutes = 0;
    int rest = 0;
    if (!number(167, hours)) return false;
    if (take(':') && (!number(59, minutes) || (take(':') && !number(59, rest)))) return false;
    seconds = hours * 3600 + minutes * 60 + rest;
    if (negative) seconds = -seconds;
    return true;
  }

  // POSIX counts to the west.
  bool offset(std::int64_t& east) {
    std::int64_t west = 0;
    if (!time(west)) return false;
    east = -west;
    return true;
  }

  bool day(TimeZone::YearlyDay& day) {
    using Form = TimeZone::YearlyDay::Form;
    if (!take(',')) return false;
    if (take('M')) {
      day.form = Form::weekday_of_month;
      if (!number(12, day.month) || day.month == 0 || !take('.') || !number(5, day.week) || day.week == 0 ||
          !take('.') || !number(6, day.day)) {
        return false;
      }
    } else if (take('J')) {
      day.form = Form::julian_without_leap_day;
      if (!number(365, day.day) || day.day == 0) return false;
    } else if (!number(365, day.day)) {
      return false;
    }
    return !take('/') || time(day.time);
  }

  std::string_view text_;
};

std::int64_t TimeZone::YearlyDay::local_seconds(int year) const noexcept {
  using namespace std::chrono;
  const std::chrono::year y{year};
  sys_days date{y / January / 1};
  switch (form) {
    case Form::day_of_year:
      date += days{day};
      break;
    case Form::julian_without_leap_day:
      date += days{day - 1 + (y.is_leap() && day > 59 ? 1 : 0)};
      break;
    case Form::weekday_of_month: {
      const std::chrono::month m{static_cast<unsigned>(month)};
      const std::chrono::weekday w{static_cast<unsigned>(day)};
      date = week == 5 ? sys_days{y / m / w[last]} : sys_days{y / m / w[static_cast<unsigned>(week)]};
    }
  }
  return date.time_since_epoch().count() * seconds_per_day + time;
}

std::int64_t TimeZone::Rule::offset_at(std::int64_t seconds) const noexcept {
  if (!has_daylight) return standard;
  const int year = year_of(seconds + standard);
  const std::int64_t from = begin.local_seconds(year) - standard;
  const std::int64_t to = end.local_seconds(year) - daylight;
  const bool is_daylight = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
  return is_daylight ? daylight : standard;
}

std::optional<TimeZone> TimeZone::fixed(std::string_view text) {
  TimeZone zone;
  if (text == "UTC" || text == "Z" || text == "GMT") return zone;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (text.size() != 5 || text[2] != ':' || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[3]) ||
      !is_digit(text[4])) {
    return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  zone.first_offset_ = (hours * 60 + minutes) * (negative ? -60 : 60);
  return zone;
}

std::optional<TimeZone> TimeZone::named(std::string_view name, const std::filesystem::path& database) {
  if (std::optional<TimeZone> zone = fixed(name)) return zone;
  // A name and nothing that could lead out of the database's folder.
  const bool plain = !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '+' || c == '/';
  });
  if (!plain) return std::nullopt;
  const std::filesystem::path path = database / std::filesystem::path(name);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string bytes(max_file_size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return from_tzif(bytes);
}

std::optional<TimeZone> TimeZone::from_tzif(std::string_view bytes) {
  BigEndian in(bytes);
  std::optional<TzifHeader> header = read_header(in);
  if (!header) return std::nullopt;
  std::size_t time_size = 4;
  if (header->version >= '2') {
    in.take(header->data_size(4));
    header = read_header(in);
    if (!header) return std::nullopt;
    time_size = 8;
  }
  BigEndian data(in.take(header->data_size(time_size)));
  if (!in.good()) return std::nullopt;

  TimeZone zone;
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < header->transitions; ++i)
    times.push_back(data.integer(time_size));
  const std::string_view types = data.take(header->transitions);
  std::vector<std::int64_t> offsets;
  for (std::size_t i = 0; i < header->types; ++i) {
    offsets.push_back(data.integer(4));
    data.take(2);
  }
  zone.first_offset_ = offsets[0];
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto type = static_cast<unsigned char>(types[i]);
    if (type >= offsets.size() || (i > 0 && times[i] <= times[i - 1])) return std::nullopt;
    zone.transitions_.push_back({times[i], offsets[type]});
  }
  if (time_size == 8) {
    const std::string_view rest = in.rest();
    const std::size_t close = rest.size() > 1 ? rest.find('\n', 1) : std::string_view::npos;
    if (rest.empty() || rest[0] != '\n' || close == std::string_view::npos) return std::nullopt;
    if (close > 1) {
      zone.rule_ = PosixZoneReader(rest.substr(1, close - 1)).read();
      if (!zone.rule_) return std::nullopt;
    }
  }
  return zone;
}

std::int64_t TimeZone::offset_at(std::int64_t seconds) const noexcept {
  const auto after =
      std::upper_bound(transitions_.begin(), transitions_.end(), seconds,
                       [](std::int64_t time, const Transition& each) { return time < each.at; });
  if (after == transitions_.end() && rule_) return rule_->offset_at(seconds);
  return after == transitions_.begin() ? first_offset_ : std::prev(after)->offset;
}

}  // namespace hiveframe::expr
