#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/data_error.hpp"

namespace hiveframe::codec {

/// Where one record stands in a window of a stream, in bytes from the window's start.
struct Frame {
  std::size_t begin = 0;
  std::size_t end = 0;      ///< without the delimiter
  std::uint64_t line = 0;   ///< lines before the record's first byte, counted from the stream's start
};

/// Finds the records of a byte stream, in order. Pure: knows neither files nor records. It remembers
/// where it is (inside a string, a list, a quoted field), so that windows may end anywhere, records
/// longer than any window can be skipped, and a saved state goes on in the middle of a stream.
/// One thread at a time.
class Framer {
 public:
  virtual ~Framer() = default;

  struct Scan {
    std::size_t consumed = 0;  ///< bytes before the first that belongs to an unfinished record
    bool done = false;         ///< the stream holds no more records, whatever follows
  };

  /// Appends the complete records among the first bytes of `window`, at most `limit`. With `at_end`
  /// the stream ends with the window, and what is unfinished there is a record or an error. The next
  /// window begins at `consumed`. Bytes that are no record of the format (between the documents of a
  /// JSON array) make a frame that its decoder refuses, or `error` when nothing after them can be found.
  virtual Scan scan(std::string_view window, bool at_end, std::size_t limit, std::vector<Frame>& frames,
                    record::DataError* error) = 0;

  /// Passes over an unfinished record that is too long: returns how many bytes of `window` belong to
  /// it, and sets `finished` when it ends there (its delimiter is included). Follows a scan() that
  /// consumed nothing; called with consecutive windows, the first of which begins with the record.
  virtual std::size_t skip(std::string_view window, bool at_end, bool& finished) = 0;

  /// Lines passed so far, and whatever else is needed to go on at the current position.
  [[nodiscard]] virtual std::string save() const = 0;
  /// Continues as saved. False if the text is not of this framer.
  virtual bool restore(std::string_view saved) = 0;
};

}  // namespace hiveframe::codec
