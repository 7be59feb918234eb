#include "pipeline/codec/file_name.hpp"

namespace hiveframe::codec {

bool ends_with_ignoring_case(std::string_view name, std::string_view extension) noexcept {
  if (name.size() <= extension.size()) return false;
  name.remove_prefix(name.size() - extension.size());
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] | 0x20) : name[i];
    if (c != extension[i]) return false;
  }
  return true;
}

std::string_view without_packing(std::string_view name) noexcept {
  for (const std::string_view extension : {".gz", ".zst"}) {
    if (ends_with_ignoring_case(name, extension)) return name.substr(0, name.size() - extension.size());
  }
  return name;
}

}  // namespace hiveframe::codec
