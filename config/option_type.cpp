#include "config/option_type.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "config/did_you_mean.hpp"
#include "config/interpolation.hpp"
#include "config/units.hpp"
#include "config/yaml_syntax_error.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;
using std::chrono::milliseconds;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// A default as YAML: quoted when it would not read back as text.
std::optional<std::string> yaml_text(const std::string& value) {
  const bool awkward = value.empty() || value.find_first_of(":#{}[],&*!|>'\"%@`\n\t") != std::string::npos ||
                       core_type(Node::scalar(LocatedText(value))) != CoreType::text ||
                       value.front() == ' ' || value.back() == ' ' || value.front() == '-' ||
                       value.front() == '?';
  return awkward ? quoted_for_yaml(value) : value;
}

void mismatch(const LocatedText& text, const TypeInfo& wanted, Reader& reader, std::string hint = {}) {
  reader.error(text.span(), fmt::format("expected {}, found {}", wanted.describe(), text.quoted()),
               std::move(hint));
}

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

// The option types share their shape: settle `${…}`, then look at the text.
template <typename V, typename Parse>
OptionType<V> scalar_type(TypeInfo info, Parse parse) {
  OptionType<V> type;
  type.info = std::move(info);
  type.read = [info = type.info, parse](const Node& node, Reader& reader) -> std::optional<V> {
    const std::optional<LocatedText> text = reader.text(node, info);
    if (!text) return std::nullopt;
    return parse(*text, info, reader);
  };
  return type;
}

bool refuse_empty(const LocatedText& text, Empty empty, const TypeInfo& info, Reader& reader) {
  if (empty == Empty::allowed || !text.empty()) return false;
  reader.error(text.span(), fmt::format("expected {}, found an empty one", info.describe()));
  return true;
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

OptionType<std::string> text(Empty empty) {
  auto type = scalar_type<std::string>(
      TypeInfo::of(Kind::text),
      [empty](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<std::string> {
        if (refuse_empty(text, empty, info, reader)) return std::nullopt;
        return text.str();
      });
  type.format = [](const std::string& value) -> std::optional<std::string> {
    if (value.empty()) return std::nullopt;
    return yaml_text(value);
  };
  return type;
}

OptionType<LocatedText> located_text(Empty empty) {
  auto type = scalar_type<LocatedText>(
      TypeInfo::of(Kind::text),
      [empty](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<LocatedText> {
        if (refuse_empty(text, empty, info, reader)) return std::nullopt;
        return text;
      });
  type.format = [](const LocatedText& value) -> std::optional<std::string> {
    if (value.empty()) return std::nullopt;
    return yaml_text(value.str());
  };
  return type;
}

OptionType<Secret> secret() {
  OptionType<Secret> type;
  type.info = TypeInfo::of(Kind::secret);
  type.read = [info = type.info](const Node& node, Reader& reader) -> std::optional<Secret> {
    std::optional<LocatedText> text = reader.text(node, info);
    // A reference is no secret, and worth seeing beside an error.
    const std::vector<Reference> references = find_references(node.text().view());
    const bool only_reference = references.size() == 1 && references[0].begin == 0 &&
                                references[0].end == node.text().size() &&
                                node.text().view().find(":-") == std::string_view::npos;
    if (!only_reference) reader.diagnostics().conceal(node.span());
    if (!text || refuse_empty(*text, Empty::refused, info, reader)) return std::nullopt;
    return Secret(text->str());
  };
  return type;
}

OptionType<bool> boolean() {
  auto type = scalar_type<bool>(
      TypeInfo::of(Kind::boolean),
      [](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<bool> {
        const std::string_view word = trimmed(text.view());
        if (word == "true" || word == "True" || word == "TRUE") return true;
        if (word == "false" || word == "False" || word == "FALSE") return false;
        std::string lower;
        for (const char c : word)
          lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        std::string hint;
        if (lower == "yes" || lower == "on" || lower == "1") hint = "write true";
        if (lower == "no" || lower == "off" || lower == "0") hint = "write false";
        mismatch(text, info, reader, hint);
        return std::nullopt;
      });
  type.format = [](bool value) -> std::optional<std::string> { return value ? "true" : "false"; };
  return type;
}

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

OptionType<std::filesystem::path> path() {
  using Path = std::filesystem::path;
  auto type = scalar_type<Path>(
      TypeInfo::of(Kind::path),
      [](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<Path> {
        if (refuse_empty(text, Empty::refused, info, reader)) return std::nullopt;
        if (text.view().find('\0') != std::string_view::npos) {
          reader.error(text.span(), "a path cannot hold a zero byte");
          return std::nullopt;
        }
        Path path(text.str());
        const bool remote = text.view().find("://") != std::string_view::npos;
        if (path.is_relative() && !remote && text.span().file)
          path = (text.span().file->folder() / path).lexically_normal();
        return path;
      });
  type.format = [](const Path& value) -> std::optional<std::string> {
    if (value.empty()) return std::nullopt;
    return yaml_text(value.string());
  };
  return type;
}

OptionType<Node> any(std::string wanted) {
  TypeInfo info = TypeInfo::of(Kind::any);
  info.wanted = std::move(wanted);
  OptionType<Node> type;
  type.info = info;
  type.read = [info](const Node& node, Reader& reader) -> std::optional<Node> {
    if (node.is_null()) {
      reader.wrong_type(node, info);
      return std::nullopt;
    }
    return node;
  };
  return type;
}

OptionType<std::size_t> choice_index(std::vector<std::string> words) {
  TypeInfo info = TypeInfo::of(Kind::choice);
  info.choices = words;
  return scalar_type<std::size_t>(
      info,
      [words = std::move(words)](const LocatedText& text, const TypeInfo& info,
                                 Reader& reader) -> std::optional<std::size_t> {
        const auto found = std::find(words.begin(), words.end(), text.view());
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
        const std::string near = nearest(text.view(), words);
        mismatch(text, info, reader, near.empty() ? std::string() : fmt::format("did you mean '{}'?", near));
        return std::nullopt;
      });
}

std::optional<std::string> format_list(const std::vector<std::optional<std::string>>& elements) {
  if (elements.empty()) return std::nullopt;
  std::string out = "[";
  for (const std::optional<std::string>& each : elements) {
    if (!each) return std::nullopt;
    if (out.size() > 1) out += ", ";
    out += *each;
  }
  return out + "]";
}

std::optional<std::vector<Node>> list_nodes(const Node& node, const TypeInfo& info, Reader& reader) {
  if (node.is_list()) return node.items();
  if (info.kind == Kind::one_or_list && !node.is_null()) return std::vector<Node>{node};
  std::string hint;
  if (node.is_null()) hint = "give it a value, or remove the key";
  if (node.is_scalar() && !node.text().secret()) hint = fmt::format("write [{}]", node.text().str());
  reader.error(node.span(), fmt::format("expected {}, found {}", info.describe(), node.describe()),
               hint.size() > 80 ? std::string("write it in brackets: […]") : hint);
  return std::nullopt;
}

std::optional<std::vector<Entry>> map_entries(const Node& node, const TypeInfo& info, Reader& reader) {
  if (!node.is_map()) {
    reader.wrong_type(node, info);
    return std::nullopt;
  }
  bool sound = true;
  for (const Entry& entry : node.entries()) {
    if (find_references(entry.key.view()).empty()) continue;
    reader.error(entry.key.span(), "'${…}' in a key is not replaced", "write the name itself");
    sound = false;
  }
  if (!sound) return std::nullopt;
  return node.entries();
}

}  // namespace hiveframe::config
