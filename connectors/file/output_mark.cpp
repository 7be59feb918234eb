#include "connectors/file/output_mark.hpp"

#include <charconv>
#include <fmt/format.h>

namespace hiveframe::connectors::file {
namespace {

template <class T>
bool take_number(std::string_view& text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(' ')) return false;
  text.remove_prefix(1);
  return true;
}

bool take_flag(std::string_view& text, bool& flag) {
  unsigned number = 0;
  if (!take_number(text, number) || number > 1) return false;
  flag = number == 1;
  return true;
}

}  // namespace

std::string OutputMark::serialize() const {
  return fmt::format("{} {} {} {} {} {:d} {:d} {:d} {}", place == Place::hidden ? "hidden" : "in_place",
                     id.device, id.inode, id.born_ns, length, half_line, comes_again, closed, new_name);
}

std::optional<OutputMark> OutputMark::parse(std::string_view bytes) {
  OutputMark mark;
  const std::size_t space = bytes.find(' ');
  const std::string_view place = bytes.substr(0, space);
  if (space == std::string_view::npos || (place != "hidden" && place != "in_place")) return std::nullopt;
  mark.place = place == "hidden" ? Place::hidden : Place::in_place;
  bytes.remove_prefix(space + 1);
  if (!take_number(bytes, mark.id.device) || !take_number(bytes, mark.id.inode) ||
      !take_number(bytes, mark.id.born_ns) || !take_number(bytes, mark.length) ||
      !take_flag(bytes, mark.half_line) || !take_flag(bytes, mark.comes_again) ||
      !take_flag(bytes, mark.closed) || bytes.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  mark.new_name = bytes;
  return mark;
}

}  // namespace hiveframe::connectors::file
