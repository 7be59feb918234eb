#include "config/json_schema_type.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "config/json_schema_table.hpp"
#include "config/node.hpp"
#include "config/text.hpp"
#include "config/units.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;

template <typename Number>
bool parse(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && read == end;
}

void write_reference(JsonText& out) { write_ref(out, "reference"); }

// A word that YAML reads as a number or boolean is offered as that too.
void write_words(JsonText& out, const std::vector<std::string>& words) {
  out.object([&] {
    out.key("enum");
    out.array([&] {
      for (const std::string& each : words) {
        out.string(each);
        const CoreType type = core_type(Node::scalar(LocatedText(each)));
        std::int64_t integer = 0;
        if (type == CoreType::boolean) out.boolean(each == "true");
        if (type == CoreType::integer && parse(each, integer)) out.integer(integer);
      }
    });
  });
}

void write_pattern(JsonText& out, const std::string& pattern) {
  write_typed(out, "string", [&] { out.member("pattern", "^[ \\t\\r\\n]*" + pattern + "[ \\t\\r\\n]*$"); });
}

// A pattern of the integers from 0 to `most`, leading zeros allowed.
std::string digits_up_to(std::uint64_t most) {
  const std::string text = std::to_string(most);
  std::string pattern = "0*(";
  if (text.size() > 1) pattern += fmt::format("[0-9]{{1,{}}}|", text.size() - 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char digit = text[i];
    if (digit == '0') continue;
    const std::size_t rest = text.size() - i - 1;
    // Smaller here, and anything behind it.
    pattern += text.substr(0, i) + (digit == '1' ? "0" : fmt::format("[0-{}]", static_cast<char>(digit - 1)));
    if (rest > 0) pattern += fmt::format("[0-9]{{{}}}", rest);
    pattern += '|';
  }
  return pattern + text + ")";
}

// An integer in quotes.
std::string integer_pattern(std::int64_t minimum, std::int64_t maximum) {
  const std::string zero = minimum > 0 ? "(?=.*[1-9])" : "";
  const std::string natural = digits_up_to(static_cast<std::uint64_t>(std::max<std::int64_t>(maximum, 0)));
  if (minimum >= 0) return fmt::format("{}({}{})", zero, "\\+?" + natural, zero.empty() ? "|-0+" : "");
  return fmt::format("(\\+?{}|-{})", natural,
                     digits_up_to(std::uint64_t{0} - static_cast<std::uint64_t>(minimum)));
}

void write_integer(JsonText& out, const TypeInfo& type) {
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  parse(type.minimum, minimum);
  parse(type.maximum, maximum);
  write_any_of(out, [&] {
    write_typed(out, "integer", [&] {
      out.key("minimum");
      out.integer(minimum);
      out.key("maximum");
      out.integer(maximum);
    });
    write_pattern(out, integer_pattern(minimum, maximum));
    write_reference(out);
  });
}

void write_number_type(JsonText& out, const TypeInfo& type) {
  write_any_of(out, [&] {
    write_typed(out, "number", [&] {
      write_number(out, "minimum", type.minimum);
      write_number(out, "maximum", type.maximum);
    });
    const bool negative = type.minimum.empty() || type.minimum.starts_with('-');
    write_pattern(
        out, fmt::format("{}([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?", negative ? "[+-]?" : "\\+?"));
    write_reference(out);
  });
}

// "kb" as [kK][bB]: an ECMA 262 pattern has no option to ignore case.
std::string in_any_case(std::string_view lower) {
  std::string pattern;
  for (const char c : lower)
    pattern += fmt::format("[{}{}]", c, static_cast<char>(c - 'a' + 'A'));
  return pattern;
}

// Of each unit as many as the bound allows; the last one may have a fraction that exceeds it.
std::string size_pattern(std::uint64_t minimum, std::uint64_t maximum) {
  const std::span<const Unit> units = size_units();
  std::string pattern = fmt::format("{}(\\.0+)? *[bB]?", digits_up_to(maximum));
  for (const Unit& unit : units.subspan(1)) {
    pattern +=
        fmt::format("|{}(\\.[0-9]+)? *{}", digits_up_to(maximum / unit.factor), in_any_case(unit.name));
  }
  return fmt::format("{}({})", minimum > 0 ? "(?=.*[1-9])" : "", pattern);
}

void write_size(JsonText& out, const TypeInfo& type) {
  const std::uint64_t minimum =
      std::get<std::uint64_t>(parse_size(type.minimum.empty() ? "0" : type.minimum));
  std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max();
  if (!type.maximum.empty()) maximum = std::get<std::uint64_t>(parse_size(type.maximum));
  write_any_of(out, [&] {
    write_typed(out, "integer", [&] {
      out.key("minimum");
      out.natural(minimum);
      out.key("maximum");
      out.natural(maximum);
    });
    write_pattern(out, size_pattern(minimum, maximum));
    write_reference(out);
  });
}

// The larger unit first, each once. Bounds other than "not nothing" cannot be said.
std::string duration_pattern(bool may_be_zero) {
  std::string pattern = may_be_zero ? "(?=.*[0-9])" : "(?=.*[1-9])";
  for (const std::string_view unit : {"d", "h", "m", "s", "ms"})
    pattern += fmt::format("([0-9]+(\\.[0-9]*)? *{} *)?", unit);
  return may_be_zero ? "(0|" + pattern + ")" : pattern;
}

void write_duration(JsonText& out, const TypeInfo& type) {
  const bool may_be_zero = type.minimum.empty();
  write_any_of(out, [&] {
    write_pattern(out, duration_pattern(may_be_zero));
    if (may_be_zero) {
      out.object([&] {
        out.key("enum");
        out.array([&] { out.integer(0); });
      });
    }
    if (type.or_none) write_words(out, {"none"});
    write_reference(out);
  });
}

void write_list(JsonText& out, const TypeInfo& element) {
  out.member("type", "array");
  out.key("items");
  write_type_object(out, element);
}

}  // namespace

void write_type(JsonText& out, const TypeInfo& type) {
  switch (type.kind) {
    case Kind::text:
    case Kind::secret:
    case Kind::path:
      return write_scalar_type(out);
    case Kind::boolean:
      write_any_of(out, [&] {
        write_typed(out, "boolean", [] {});
        write_pattern(out, "(true|True|TRUE|false|False|FALSE)");
        write_reference(out);
      });
      return;
    case Kind::integer:
    case Kind::millis:
      return write_integer(out, type);
    case Kind::number:
      return write_number_type(out, type);
    case Kind::size:
      return write_size(out, type);
    case Kind::duration:
      return write_duration(out, type);
    case Kind::choice:
      write_any_of(out, [&] {
        write_words(out, type.choices);
        write_reference(out);
      });
      return;
    case Kind::list:
      return write_list(out, *type.element);
    case Kind::one_or_list:
      write_any_of(out, [&] {
        write_type_object(out, *type.element);
        out.object([&] { write_list(out, *type.element); });
      });
      return;
    case Kind::map:
      out.member("type", "object");
      out.key("additionalProperties");
      write_type_object(out, *type.element);
      return;
    case Kind::table:
      return write_table(out, *type.table);
    case Kind::connector:
      out.member("$ref", "#/$defs/" + type.role);
      return;
    case Kind::either:
      write_any_of(out, [&] {
        for (const TypeInfo& each : type.alternatives)
          write_type_object(out, each);
      });
      return;
    case Kind::any:
      return;
  }
}

void write_type_object(JsonText& out, const TypeInfo& type) {
  out.object([&] { write_type(out, type); });
}

void write_number(JsonText& out, std::string_view name, std::string_view value) {
  std::int64_t integer = 0;
  double real = 0;
  if (parse(value, integer)) {
    out.key(name);
    out.integer(integer);
  } else if (parse(value, real)) {
    out.key(name);
    out.real(real);
  }
}

void write_scalar_type(JsonText& out) {
  out.key("type");
  out.array([&] {
    for (const std::string_view each : {"string", "number", "boolean"})
      out.string(each);
  });
}

void write_ref(JsonText& out, std::string_view definition) {
  out.object([&] { out.member("$ref", "#/$defs/" + std::string(definition)); });
}

}  // namespace hiveframe::config
