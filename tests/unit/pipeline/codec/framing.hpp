#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/framer.hpp"

namespace hiveframe::codec {

struct FramedRecord {
  std::string bytes;
  std::size_t offset = 0;
  std::uint64_t line = 0;
  std::string problem;

  bool operator==(const FramedRecord&) const = default;
};

/// Frames a stream that arrives in pieces of the sizes given (the last one again and again), as a
/// reader with an endless window would.
inline std::vector<FramedRecord> frame_in_pieces(Framer& framer, std::string_view stream,
                                                 const std::vector<std::size_t>& pieces,
                                                 std::size_t limit = 1000) {
  std::vector<FramedRecord> records;
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t i = 0;; ++i) {
    const std::size_t piece = pieces[std::min(i, pieces.size() - 1)];
    end = std::min(stream.size(), end + piece);
    const bool at_end = end == stream.size();
    std::vector<Frame> frames;
    do {
      frames.clear();
      const std::string window(stream.substr(begin, end - begin));
      const std::size_t consumed = framer.scan(window, at_end, limit, frames);
      for (const Frame& frame : frames) {
        records.push_back({window.substr(frame.begin, frame.end - frame.begin), begin + frame.begin,
                           frame.line, frame.problem == nullptr ? "" : frame.problem});
      }
      begin += consumed;
    } while (frames.size() == limit);
    if (at_end) return records;
  }
}

inline std::vector<FramedRecord> frame_whole(Framer& framer, std::string_view stream) {
  return frame_in_pieces(framer, stream, {std::max<std::size_t>(stream.size(), 1)});
}

inline std::vector<std::string> bytes_of(const std::vector<FramedRecord>& records) {
  std::vector<std::string> bytes;
  for (const FramedRecord& record : records)
    bytes.push_back(record.bytes);
  return bytes;
}

}  // namespace hiveframe::codec
