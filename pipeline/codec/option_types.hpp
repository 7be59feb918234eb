#pragma once

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

}  // namespace hiveframe::codec
