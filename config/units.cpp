#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <limits>
#include <optional>

namespace hiveframe::config {
namespace {

constexpr std::uint64_t kibi = 1024;
constexpr std::uint64_t kilo = 1000;

constexpr std::array sizes = {
    Unit{"b", 1},
    Unit{"kb", kilo},
    Unit{"mb", kilo* kilo},
    Unit{"gb", kilo* kilo* kilo},
    Unit{"tb", kilo* kilo* kilo* kilo},
    Unit{"kib", kibi},
    Unit{"mib", kibi* kibi},
    Unit{"gib", kibi* kibi* kibi},
    Unit{"tib", kibi* kibi* kibi* kibi},
};

constexpr std::array durations = {
    Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}, Unit{"d", 86'400'000},
};

// A decimal number in front of `text`, as an integer and a power of ten below it; takes it off the text.
struct Decimal {
  std::uint64_t digits;
  std::uint64_t scale;  // 10^places
};

enum class NumberError { none, not_a_number, too_big, too_exact };

NumberError take_decimal(std::string_view& text, Decimal& number) {
  number = {0, 1};
  bool any = false;
  bool point = false;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '.' && !point && any) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      const auto digit = static_cast<std::uint64_t>(c - '0');
      if (number.digits > (std::numeric_limits<std::uint64_t>::max() - digit) / 10)
        return point ? NumberError::too_exact : NumberError::too_big;
      number.digits = number.digits * 10 + digit;
      if (point) number.scale *= 10;
    } else {
      break;
    }
    text.remove_prefix(1);
    // 19 places fill the scale.
    if (number.scale > 1'000'000'000'000'000'000ULL) return NumberError::too_exact;
  }
  if (!any) return NumberError::not_a_number;
  return NumberError::none;
}

// number * factor, exactly.
NumberError scaled(const Decimal& number, std::uint64_t factor, std::uint64_t& result) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(number.digits) * factor;
  if (product % number.scale != 0) return NumberError::too_exact;
  const Wide quotient = product / number.scale;
  if (quotient > std::numeric_limits<std::uint64_t>::max()) return NumberError::too_big;
  result = static_cast<std::uint64_t>(quotient);
  return NumberError::none;
}

const Unit* find_unit(std::string_view name, std::span<const Unit> units) {
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == name; });
  return found == units.end() ? nullptr : &*found;
}

std::string_view take_letters(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || c == ' ' || c == '.';
  });
  const std::string_view letters = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(letters.size());
  return letters;
}

UnitError bad_size() {
  return {"is not a size", "write a number of bytes, or with a unit: 64KiB, 16MiB, 1GiB, 10MB"};
}
UnitError bad_duration() {
  return {"is not a duration", "write a number and a unit: 500ms, 30s, 5m, 1h, 1h30m"};
}

}  // namespace

std::span<const Unit> size_units() noexcept { return sizes; }

std::variant<std::uint64_t, UnitError> parse_size(std::string_view text) {
  Decimal number{};
  std::string_view rest = text;
  switch (take_decimal(rest, number)) {
    case NumberError::too_big:
      return UnitError{"is too big", ""};
    case NumberError::too_exact:
      return UnitError{"is not a whole number of bytes", ""};
    case NumberError::not_a_number:
      return bad_size();
    case NumberError::none:
      break;
  }
  while (rest.starts_with(' '))
    rest.remove_prefix(1);
  std::uint64_t factor = 1;
  if (!rest.empty()) {
    std::string name;
    for (const char c : rest)
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const Unit* unit = find_unit(name, sizes);
    if (!unit) return bad_size();
    factor = unit->factor;
  }
  std::uint64_t result = 0;
  switch (scaled(number, factor, result)) {
    case NumberError::none:
      return result;
    case NumberError::too_big:
      return UnitError{"is too big", ""};
    default:
      return UnitError{"is not a whole number of bytes", ""};
  }
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array binary = {Unit{"TiB", kibi * kibi * kibi * kibi}, Unit{"GiB", kibi * kibi * kibi},
                                 Unit{"MiB", kibi * kibi}, Unit{"KiB", kibi}};
  constexpr std::array decimal = {Unit{"TB", kilo * kilo * kilo * kilo}, Unit{"GB", kilo * kilo * kilo},
                                  Unit{"MB", kilo * kilo}, Unit{"KB", kilo}};
  std::string best = std::to_string(bytes);
  if (bytes == 0) return best;
  for (const auto& units : {binary, decimal})
    for (const Unit& unit : units) {
      if (bytes % unit.factor != 0) continue;
      std::string text = fmt::format("{}{}", bytes / unit.factor, unit.name);
      // Four digits and more read better with a unit, whatever the length.
      if (text.size() < best.size() || (text.size() == best.size() && bytes >= kibi)) best = std::move(text);
      break;
    }
  return best;
}

std::variant<std::chrono::milliseconds, UnitError> parse_duration(std::string_view text) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (text == "0") return std::chrono::milliseconds{0};
  std::string_view rest = text;
  std::uint64_t total = 0;
  std::uint64_t last_factor = std::numeric_limits<std::uint64_t>::max();
  if (rest.empty()) return bad_duration();
  while (!rest.empty()) {
    Decimal number{};
    switch (take_decimal(rest, number)) {
      case NumberError::too_big:
        return UnitError{"is too long", ""};
      case NumberError::too_exact:
        return UnitError{"is not a whole number of milliseconds", ""};
      case NumberError::not_a_number:
        return bad_duration();
      case NumberError::none:
        break;
    }
    while (rest.starts_with(' '))
      rest.remove_prefix(1);
    const std::string_view name = take_letters(rest);
    if (name.empty() && rest.empty())
      return UnitError{"has no unit", "write a number and a unit: 500ms, 30s, 5m, 1h"};
    const Unit* unit = find_unit(name, durations);
    // The larger unit first, each once.
    if (!unit || unit->factor >= last_factor) return bad_duration();
    last_factor = unit->factor;
    std::uint64_t part = 0;
    switch (scaled(number, unit->factor, part)) {
      case NumberError::none:
        break;
      case NumberError::too_big:
        return UnitError{"is too long", ""};
      default:
        return UnitError{"is not a whole number of milliseconds", ""};
    }
    if (part > most - total) return UnitError{"is too long", ""};
    total += part;
    while (rest.starts_with(' '))
      rest.remove_prefix(1);
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

std::string format_duration(std::chrono::milliseconds duration) {
  if (duration.count() <= 0) return "0s";
  auto rest = static_cast<std::uint64_t>(duration.count());
  std::string out;
  for (auto unit = durations.rbegin(); unit != durations.rend(); ++unit) {
    if (rest < unit->factor) continue;
    out += fmt::format("{}{}", rest / unit->factor, unit->name);
    rest %= unit->factor;
  }
  return out;
}

}  // namespace hiveframe::config
