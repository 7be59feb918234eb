#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/schema.hpp"

namespace hiveframe::codec {

/// Where one record stands in a window of a stream, in bytes from the window's start.
struct Frame {
  std::size_t begin = 0;
  std::size_t end = 0;     ///< without the delimiter
  std::uint64_t line = 0;  ///< lines before the record's first byte, counted from the stream's start
  /// Not null: these bytes are no record, and why; good until the framer scans again. Bytes that only might
  /// be one (a wrong token between documents) are framed as a record, which the decoder refuses with a better
  /// message.
  const char* problem = nullptr;
};

/// Finds the records of a byte stream, in order. Pure: knows neither files nor records. It remembers
/// where it is (inside a string, a list, a quoted field), so that windows may end anywhere, nothing is
/// looked at twice, records longer than any window can be skipped, and a saved state goes on in the
/// middle of a stream. One thread at a time.
class Framer {
 public:
  virtual ~Framer() = default;

  /// Appends the complete records of `window`, at most `limit`, and returns the bytes consumed: those
  /// before the first that belongs to an unfinished (or, at the limit, the next) record. With `at_end`
  /// the stream ends with the window, and what is unfinished there is a record too. The next window
  /// begins with the first byte not consumed and holds at least the bytes seen before.
  virtual std::size_t scan(std::string_view window, bool at_end, std::size_t limit,
                           std::vector<Frame>& frames) = 0;

  struct Skipped {
    std::size_t record = 0;    ///< bytes of `window` that belong to the record
    std::size_t consumed = 0;  ///< these and, when it is finished, its delimiter
    bool finished = false;     ///< the record ends in this window
  };

  /// Passes over an unfinished record that is too long. The first call follows a scan() that found no
  /// frame, and its window begins with the first byte not consumed; each next window begins with the
  /// first byte that the call before did not consume (it may leave a few, to see what follows them).
  virtual Skipped skip(std::string_view window, bool at_end) = 0;

  /// Lines before the first byte that is not consumed.
  [[nodiscard]] virtual std::uint64_t lines() const noexcept = 0;
  /// The lines, and whatever else is needed to go on after what scan() or skip() consumed.
  [[nodiscard]] virtual std::string save() const = 0;
  /// The same for going on at the first byte of a frame that was found before, in this stream. Of the frame
  /// only line and problem are looked at.
  [[nodiscard]] virtual std::string save_before(const Frame& frame) const = 0;
  /// Continues as saved. False if the text is not of this framer.
  virtual bool restore(std::string_view saved) = 0;

  /// The columns that the records have, in formats whose stream names them. Known once a record is framed;
  /// null: there are none, or what should name them is no good.
  [[nodiscard]] virtual std::shared_ptr<const record::Schema> columns() const { return nullptr; }
};

}  // namespace hiveframe::codec
