#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "config/option_type.hpp"
#include "config/scalar_type.hpp"
#include "config/units.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;
using std::chrono::milliseconds;

void out_of_range(const LocatedText& text, const TypeInfo& type, Reader& reader) {
  std::string range;
  if (!type.minimum.empty() && !type.maximum.empty()) {
    range = fmt::format("it must be from {} to {}", type.minimum, type.maximum);
  } else if (!type.minimum.empty()) {
    range = fmt::format("it must be at least {}", type.minimum);
  } else {
    range = fmt::format("it must be at most {}", type.maximum);
  }
  reader.error(text.span(), fmt::format("{} is out of range", text.quoted()), range);
}

// Reads a decimal integer; nothing if it is none. `overflow` is set if it is one beyond 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text, bool& overflow) {
  overflow = false;
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    overflow = true;
    return std::nullopt;
  }
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::string integer_hint(std::string_view text) {
  if (text.find_first_of("_,'") != std::string_view::npos) return "write the digits without separators";
  if (text.find('.') != std::string_view::npos) return "write it without a decimal point";
  if (std::holds_alternative<std::uint64_t>(parse_size(text)))
    return fmt::format("this option takes no unit: write {}", std::get<std::uint64_t>(parse_size(text)));
  return {};
}

std::string millis_hint(std::string_view text) {
  const auto duration = parse_duration(text);
  if (const auto* value = std::get_if<milliseconds>(&duration))
    return fmt::format("options that end in _ms take no unit: write {}", value->count());
  return integer_hint(text);
}

template <typename V>
std::optional<V> bounded_integer(const LocatedText& text, const TypeInfo& info, std::int64_t minimum,
                                 std::int64_t maximum, Reader& reader) {
  bool overflow = false;
  const std::string_view trim = trimmed(text.view());
  const std::optional<std::int64_t> value = parse_integer(trim, overflow);
  if (!value && !overflow) {
    mismatch(text, info, reader, info.kind == Kind::millis ? millis_hint(trim) : integer_hint(trim));
    return std::nullopt;
  }
  if (overflow || *value < minimum || *value > maximum) {
    TypeInfo shown = info;
    if (shown.minimum.empty() && shown.maximum.empty()) {
      shown.minimum = std::to_string(minimum);
      shown.maximum = std::to_string(maximum);
    }
    out_of_range(text, shown, reader);
    return std::nullopt;
  }
  return V(*value);
}

std::optional<milliseconds> bounded_duration(const LocatedText& text, const TypeInfo& info,
                                             milliseconds minimum, milliseconds maximum, Reader& reader) {
  const auto parsed = parse_duration(trimmed(text.view()));
  if (const auto* error = std::get_if<UnitError>(&parsed)) {
    reader.error(text.span(), fmt::format("{} {}", text.quoted(), error->message), error->hint);
    return std::nullopt;
  }
  const milliseconds value = std::get<milliseconds>(parsed);
  if (value < minimum || value > maximum) {
    out_of_range(text, info, reader);
    return std::nullopt;
  }
  return value;
}

TypeInfo duration_info(milliseconds minimum, milliseconds maximum) {
  TypeInfo info = TypeInfo::of(Kind::duration);
  if (minimum > milliseconds{}) info.minimum = format_duration(minimum);
  if (maximum != no_maximum_time) info.maximum = format_duration(maximum);
  return info;
}

}  // namespace

OptionType<std::int64_t> integer(std::int64_t minimum, std::int64_t maximum) {
  TypeInfo info = TypeInfo::of(Kind::integer);
  if (minimum != no_minimum) info.minimum = std::to_string(minimum);
  if (maximum != no_maximum) info.maximum = std::to_string(maximum);
  auto type =
      scalar_type<std::int64_t>(info, [=](const LocatedText& text, const TypeInfo& info, Reader& reader) {
        return bounded_integer<std::int64_t>(text, info, minimum, maximum, reader);
      });
  type.format = [](std::int64_t value) -> std::optional<std::string> { return std::to_string(value); };
  return type;
}

OptionType<milliseconds> millis(milliseconds minimum, milliseconds maximum) {
  TypeInfo info = TypeInfo::of(Kind::millis);
  info.minimum = std::to_string(minimum.count());
  if (maximum != no_maximum_time) info.maximum = std::to_string(maximum.count());
  auto type =
      scalar_type<milliseconds>(info, [=](const LocatedText& text, const TypeInfo& info, Reader& reader) {
        return bounded_integer<milliseconds>(text, info, minimum.count(), maximum.count(), reader);
      });
  type.format = [](milliseconds value) -> std::optional<std::string> {
    return std::to_string(value.count());
  };
  return type;
}

OptionType<double> number(double minimum, double maximum) {
  TypeInfo info = TypeInfo::of(Kind::number);
  if (std::isfinite(minimum)) info.minimum = fmt::format("{}", minimum);
  if (std::isfinite(maximum)) info.maximum = fmt::format("{}", maximum);
  auto type = scalar_type<double>(
      info, [=](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<double> {
        std::string_view digits = trimmed(text.view());
        if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
        double value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        const bool whole = !digits.empty() && end == digits.data() + digits.size();
        if (whole && error == std::errc::result_out_of_range) {
          reader.error(text.span(), fmt::format("{} cannot be represented as a number", text.quoted()));
          return std::nullopt;
        }
        if (!whole || error != std::errc{} || !std::isfinite(value)) {
          mismatch(text, info, reader);
          return std::nullopt;
        }
        if (value < minimum || value > maximum) {
          out_of_range(text, info, reader);
          return std::nullopt;
        }
        return value;
      });
  type.format = [](double value) -> std::optional<std::string> { return fmt::format("{}", value); };
  return type;
}

OptionType<std::uint64_t> size(std::uint64_t minimum, std::uint64_t maximum) {
  TypeInfo info = TypeInfo::of(Kind::size);
  if (minimum > 0) info.minimum = format_size(minimum);
  if (maximum != std::numeric_limits<std::uint64_t>::max()) info.maximum = format_size(maximum);
  auto type = scalar_type<std::uint64_t>(
      info,
      [=](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<std::uint64_t> {
        const auto parsed = parse_size(trimmed(text.view()));
        if (const auto* error = std::get_if<UnitError>(&parsed)) {
          reader.error(text.span(), fmt::format("{} {}", text.quoted(), error->message), error->hint);
          return std::nullopt;
        }
        const std::uint64_t value = std::get<std::uint64_t>(parsed);
        if (value < minimum || value > maximum) {
          out_of_range(text, info, reader);
          return std::nullopt;
        }
        return value;
      });
  type.format = [](std::uint64_t value) -> std::optional<std::string> { return format_size(value); };
  return type;
}

OptionType<milliseconds> duration(milliseconds minimum, milliseconds maximum) {
  auto type = scalar_type<milliseconds>(duration_info(minimum, maximum),
                                        [=](const LocatedText& text, const TypeInfo& info, Reader& reader) {
                                          return bounded_duration(text, info, minimum, maximum, reader);
                                        });
  type.format = [](milliseconds value) -> std::optional<std::string> { return format_duration(value); };
  return type;
}

OptionType<std::optional<milliseconds>> duration_or_none(milliseconds minimum, milliseconds maximum) {
  using Value = std::optional<milliseconds>;
  TypeInfo info = duration_info(minimum, maximum);
  info.or_none = true;
  auto type = scalar_type<Value>(
      info, [=](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<Value> {
        if (trimmed(text.view()) == "none") return Value{};
        const Value value = bounded_duration(text, info, minimum, maximum, reader);
        if (!value) return std::nullopt;
        return std::optional<Value>(std::in_place, value);
      });
  type.format = [](const Value& value) -> std::optional<std::string> {
    return value ? format_duration(*value) : "none";
  };
  return type;
}

}  // namespace hiveframe::config
