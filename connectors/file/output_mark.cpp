#include "connectors/file/output_mark.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

constexpr unsigned wanted = STATX_TYPE | STATX_MODE | STATX_INO | STATX_SIZE | STATX_BTIME;

FileState from(const struct statx& status) {
  FileState state;
  state.id.device = makedev(status.stx_dev_major, status.stx_dev_minor);
  state.id.inode = status.stx_ino;
  if ((status.stx_mask & STATX_BTIME) != 0) {
    state.id.born_ns = status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec;
  }
  state.size = status.stx_size;
  state.mode = status.stx_mode;
  return state;
}

template <class T>
bool take_number(std::string_view& text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

bool take_flag(std::string_view& text, bool& flag) {
  unsigned number = 0;
  if (!take_number(text, number) || number > 1) return false;
  flag = number == 1;
  return true;
}

}  // namespace

FileState state_of(int descriptor, const std::string& path) {
  struct statx status {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, wanted, &status) != 0) {
    pipeline::throw_file_error(errno, "write to", path);
  }
  return from(status);
}

std::optional<FileState> state_of(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), 0, wanted, &status) == 0) return from(status);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  pipeline::throw_file_error(errno, "write to", path);
}

std::string OutputMark::serialize() const {
  return fmt::format("{} {} {} {} {} {:d} {:d}", place == Place::hidden ? "hidden" : "in_place", id.device,
                     id.inode, id.born_ns, length, half_line, comes_again);
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
      !take_flag(bytes, mark.half_line) || !take_flag(bytes, mark.comes_again) || !bytes.empty()) {
    return std::nullopt;
  }
  return mark;
}

}  // namespace hiveframe::connectors::file
