#pragma once

#include <string>
#include <string_view>

namespace hiveframe::connectors::kafka {

/// A registry's URL in two: http://127.0.0.1:8081/apis/ccompat/v7 is its server and the path before all
/// others.
struct RegistryUrl {
  std::string server;
  std::string path;  ///< without a slash at its end; mostly empty

  static RegistryUrl of(std::string_view url);
};

/// What is wrong with it, as a clause; empty: nothing. Shows nothing of it that may be a password.
[[nodiscard]] std::string wrong_with_registry_url(std::string_view url);

/// A piece of a path, with what else stands for something else there percent-encoded.
[[nodiscard]] std::string path_piece(std::string_view text);

}  // namespace hiveframe::connectors::kafka
