#pragma once

// What the .cpp files of the option types share; nobody else includes it.

#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/option_type.hpp"

namespace hiveframe::config {

inline std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

inline void mismatch(const LocatedText& text, const TypeInfo& wanted, Reader& reader, std::string hint = {}) {
  reader.error(text.span(), fmt::format("expected {}, found {}", wanted.describe(), text.quoted()),
               std::move(hint));
}

/// The option types share their shape: settle `${…}`, then look at the text.
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

}  // namespace hiveframe::config
