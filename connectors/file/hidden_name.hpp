#pragma once

#include <cstddef>
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

}  // namespace hiveframe::connectors::file
