#include "connectors/file/whole_records.hpp"

#include <algorithm>
#include <vector>

#include "connectors/file/file_stream.hpp"
#include "connectors/file/unpack.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

constexpr std::uint64_t looked_at = 64 * 1024;

/// Backwards, for most of what a killed process wrote is whole.
std::uint64_t behind_last(char delimiter, FileStream& file, std::uint64_t from,
                          const pipeline::Interrupt& interrupt) {
  std::vector<char> bytes;
  for (std::uint64_t end = file.end(); end > from;) {
    interrupt.check();
    const std::uint64_t begin = end - std::min(looked_at, end - from);
    bytes.resize(end - begin);
    file.seek(begin);
    for (std::size_t filled = 0; filled < bytes.size();) {
      const std::size_t got = file.read(std::span(bytes).subspan(filled));
      if (got == 0) return from;
      filled += got;
    }
    const auto found = std::find(bytes.rbegin(), bytes.rend(), delimiter);
    if (found != bytes.rend()) return end - static_cast<std::uint64_t>(found - bytes.rbegin());
    end = begin;
  }
  return from;
}

/// Forwards, for where the delimiter stands within a record only its beginning tells.
std::uint64_t behind_last_framed(const codec::Format& format, FileStream& file, std::uint64_t from,
                                 const pipeline::Interrupt& interrupt) {
  const std::unique_ptr<codec::Framer> framer = format.framer();
  std::vector<codec::Frame> frames;
  std::vector<char> window(looked_at);
  std::size_t filled = 0;
  std::uint64_t end = from;
  file.seek(from);
  for (;;) {
    interrupt.check();
    if (filled == window.size()) window.resize(2 * window.size());
    const std::size_t got = file.read(std::span(window).subspan(filled));
    if (got == 0) return end;
    filled += got;
    frames.clear();
    const std::size_t whole = framer->scan({window.data(), filled}, false, filled, frames);
    window.erase(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(whole));
    window.resize(std::max<std::size_t>(window.size(), looked_at));
    filled -= whole;
    end += whole;
  }
}

}  // namespace

std::uint64_t end_of_whole_records(const std::string& path, std::uint64_t from, Compression compression,
                                   const codec::Format& format, const pipeline::Interrupt& interrupt) {
  FileStream file(path, interrupt);
  if (file.status().st_size <= static_cast<off_t>(from)) return from;
  if (compression == Compression::none) {
    if (format.delimiter_in_records) return behind_last_framed(format, file, from, interrupt);
    return format.delimiter.empty() ? from : behind_last(format.delimiter.back(), file, from, interrupt);
  }
  file.seek(from);
  return end_of_whole_members(compression, file, interrupt).value_or(from);
}

bool ends_in_half_line(const std::string& path, Compression compression, std::uint64_t size,
                       std::string_view delimiter, const pipeline::Interrupt& interrupt) {
  if (size == 0 || delimiter.empty()) return false;
  FileStream file(path, interrupt);
  if (compression == Compression::none) file.seek(size - 1);
  std::vector<char> window(64 * 1024);
  const auto content = unpack(compression, file);
  char last = delimiter.back();
  try {
    while (const std::size_t got = content->read(window)) {
      last = window[got - 1];
      interrupt.check();
    }
  } catch (const pipeline::Fatal& damaged) {
    throw pipeline::Fatal({"append to", path, damaged.text().answer, "repair the file, or move it away"});
  }
  return last != delimiter.back();
}

}  // namespace hiveframe::connectors::file
