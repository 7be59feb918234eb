#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::connectors::file {

/// Where output stands until it is complete: `.orders.ndjson.hiveframed-partial` in the same folder, so that
/// rename() can publish it. Readers leave out names that begin with a dot.
inline constexpr std::string_view hidden_ending = ".hiveframed-partial";
inline constexpr std::size_t hidden_name_overhead = 1 + hidden_ending.size();

inline std::string hidden_path(std::string_view path) {
  const std::size_t name = path.rfind('/') + 1;
  std::string hidden(path.substr(0, name));
  hidden += '.';
  hidden += path.substr(name);
  hidden += hidden_ending;
  return hidden;
}

/// The name that readers will see, of a hidden one's name without its folder; nothing if it is not hidden.
inline std::optional<std::string_view> without_hiding(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(hidden_ending)) return std::nullopt;
  return name.substr(1, name.size() - hidden_name_overhead);
}

}  // namespace hiveframe::connectors::file
