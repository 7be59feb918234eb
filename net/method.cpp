#include "net/method.hpp"

#include <array>

namespace hiveframe::net {
namespace {

constexpr std::array<std::string_view, 8> names = {"GET",   "HEAD",   "POST",    "PUT",
                                                   "PATCH", "DELETE", "OPTIONS", "?"};

}  // namespace

std::string_view to_string(Method method) noexcept { return names.at(static_cast<std::size_t>(method)); }

Method parse_method(std::string_view name) noexcept {
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    if (names.at(i) == name) return static_cast<Method>(i);
  }
  return Method::other;
}

bool is_safe(Method method) noexcept {
  return method == Method::get || method == Method::head || method == Method::options;
}

}  // namespace hiveframe::net
