#include "net/header_list.hpp"

#include <algorithm>
#include <utility>

#include "net/ascii_case.hpp"

namespace hiveframe::net {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

void HeaderList::add(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

const std::string* HeaderList::find(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find_if(fields_, [&](const Field& each) { return equal_ignoring_case(each.name, name); });
  return found == fields_.end() ? nullptr : &found->value;
}

std::size_t HeaderList::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      fields_, [&](const Field& each) { return equal_ignoring_case(each.name, name); }));
}

bool HeaderList::has_token(std::string_view name, std::string_view token) const noexcept {
  for (const Field& field : fields_) {
    if (!equal_ignoring_case(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (equal_ignoring_case(trim(rest.substr(0, comma)), token)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

}  // namespace hiveframe::net
