#pragma once

#include <cctype>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/option_type.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::codec {

// Types for OptionTable. Only a settings .cpp includes this.

/// The name of a format. `more` are words beside them, and stand first: {"auto", nullptr}.
inline config::OptionType<const Format*> format_type(
    std::vector<std::pair<std::string, const Format*>> more = {}) {
  for (const Format& format : formats())
    more.emplace_back(format.name, &format);
  config::OptionType<const Format*> type = config::choice<const Format*>(std::move(more));
  // `jsonl` is nearer to json, and means ndjson.
  type.read = [read = std::move(type.read), info = type.info](
                  const config::Node& node, config::Reader& reader) -> std::optional<const Format*> {
    const std::string text = node.is_scalar() ? node.text().str() : std::string();
    const Format* meant = find_format(text) ? nullptr : format_of_file("x." + text);
    if (!meant) return read(node, reader);
    reader.error(node.span(), "expected " + info.describe() + ", found " + node.text().quoted(),
                 "did you mean '" + std::string(meant->name) + "'? It is for files that end in ." + text);
    return std::nullopt;
  };
  return type;
}

/// One ASCII character that can stand between things or around them: what numbers, times and truth values are
/// written with must not separate them.
inline config::OptionType<char> separator_type() {
  config::OptionType<std::string> text_type = config::text();
  config::OptionType<char> type;
  type.info = text_type.info;
  type.info.wanted = "one ASCII character";
  type.read = [read = std::move(text_type.read)](const config::Node& node,
                                                 config::Reader& reader) -> std::optional<char> {
    const std::optional<std::string> given = read(node, reader);
    if (!given) return std::nullopt;
    const char c = given->empty() ? '\0' : given->front();
    const auto byte = static_cast<unsigned char>(c);
    if (given->size() == 1 && byte < 0x80 && std::isalnum(byte) == 0 && c != '\n' && c != '\r' && c != '\0')
      return c;
    reader.error(node.span(),
                 "expected one ASCII character that is no letter, digit or end of line, found " +
                     config::quote(*given),
                 *given == "\\t" ? "a tab is written \"\\t\", in double quotes" : "");
    return std::nullopt;
  };
  type.format = [](const char& c) -> std::optional<std::string> { return "'" + std::string(1, c) + "'"; };
  return type;
}

}  // namespace hiveframe::codec
