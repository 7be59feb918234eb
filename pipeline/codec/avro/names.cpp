#include "pipeline/codec/avro/names.hpp"

#include <algorithm>

namespace hiveframe::codec::avro {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

bool is_name(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool is_namespace(std::string_view text) noexcept {
  if (text.empty()) return true;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_name(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::string full_name(std::string_view name, std::string_view space) {
  if (space.empty() || name.find('.') != std::string_view::npos) return std::string(name);
  return std::string(space).append(".").append(name);
}

std::string_view namespace_of(std::string_view full_name) noexcept {
  const std::size_t dot = full_name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : full_name.substr(0, dot);
}

}  // namespace hiveframe::codec::avro
