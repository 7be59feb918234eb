#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::json {

/// Writes values as JSON text (RFC 8259) at the end of an arena, without space: text as UTF-8, decimals
/// as they are, doubles with a point or exponent, bytes as base64, timestamps in RFC 3339, dates as
/// 2026-03-01, durations as "3.5s". What it wrote is taken from the arena by finish(); nothing else may
/// use the arena before that. Made for one text at a time, on the stack.
class Writer {
 public:
  explicit Writer(record::Arena& arena) : arena_(arena) { reserve(256); }

  /// False: the value holds what JSON cannot; see problem().
  bool write(const record::Value& value);
  void write_raw(std::string_view text);
  /// With quotes.
  void write_string(std::string_view text);
  /// What was written; the first `extra` bytes behind it (a delimiter) are taken too but not returned.
  std::string_view finish(std::size_t extra = 0);

  /// What could not be written and where, e.g. `user.scores[3]: NaN`.
  [[nodiscard]] std::string problem() const;

 private:
  bool write_object(const record::Value& object);
  bool write_list(const record::Value& list);
  bool write_number(double number);
  void write_base64(std::string_view octets);
  // What is rare stays out of line, so that what is not saves no registers for it.
  [[gnu::noinline]] void write_string_elsewhere(std::string_view text);
  [[gnu::noinline]] void write_escaped(std::string_view text);
  [[gnu::noinline]] bool below_member(std::string_view name);
  [[gnu::noinline]] bool below_item(std::size_t i);
  char* escape_segment(std::string_view text, char* to) noexcept;

  /// Makes room for `bytes` more at at_, and for a colon, a comma or a bracket behind them.
  void reserve(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes + 1) grow(bytes + 1);
  }
  void close(char bracket);
  [[gnu::noinline]] void grow(std::size_t bytes);

  record::Arena& arena_;
  char* start_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
  std::string path_;  // of the value that could not be written
  std::string_view cause_;
};

}  // namespace hiveframe::codec::json
