#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace hiveframe::codec::csv {

/// Follows one row to its end through pieces of any size, looking at each byte once. A quote opens only where
/// a field begins; anywhere else it is a character like others, so that one that stands in a field without
/// quotes (5" pipe) does not swallow what follows.
class RowEnd {
 public:
  RowEnd(char delimiter, char quote) noexcept : delimiter_(delimiter), quote_(quote) {}

  /// The next row begins.
  void reset() noexcept {
    state_ = State::plain;
    field_begins_ = true;
    had_quotes_ = false;
  }

  /// What find() gets from now on stands elsewhere in memory.
  void new_window() noexcept { seen_quote_ = seen_to_ = nullptr; }

  /// The end of line that ends the row, or nullptr: it goes on behind `end`. Until new_window() is said, `at`
  /// never goes back.
  const char* find(const char* at, const char* end) noexcept {
    for (;;) {
      switch (state_) {
        case State::plain: {
          const char* const line = search(at, end, '\n');
          const char* const stop = line != nullptr ? line : end;
          const char* const quote = next_quote(at, stop, end);
          if (quote == nullptr) {
            if (line == nullptr && at != end) field_begins_ = end[-1] == delimiter_;
            return line;
          }
          const bool opens = quote == at ? field_begins_ : quote[-1] == delimiter_;
          state_ = opens ? State::quoted : State::plain;
          had_quotes_ |= opens;
          field_begins_ = false;
          at = quote + 1;
          break;
        }
        case State::quoted: {
          const char* const quote = search(at, end, quote_);
          if (quote == nullptr) return nullptr;
          state_ = State::behind_quote;
          at = quote + 1;
          break;
        }
        case State::behind_quote:
          if (at == end) return nullptr;
          // Doubled it stands for itself.
          if (*at == quote_) {
            state_ = State::quoted;
            ++at;
          } else {
            state_ = State::plain;
          }
          break;
      }
    }
  }

  /// Whether the row has had a field in quotes, which may hold ends of lines.
  [[nodiscard]] bool had_quotes() const noexcept { return had_quotes_; }
  [[nodiscard]] bool in_quotes() const noexcept { return state_ == State::quoted; }

 private:
  enum class State : unsigned char { plain, quoted, behind_quote };

  static const char* search(const char* at, const char* end, char wanted) noexcept {
    if (at == end) return nullptr;
    return static_cast<const char*>(std::memchr(at, wanted, static_cast<std::size_t>(end - at)));
  }

  /// The first quote before `stop`, or nullptr. Looks some rows ahead, for most have none.
  const char* next_quote(const char* at, const char* stop, const char* end) noexcept {
    constexpr std::ptrdiff_t ahead = 4096;
    if (seen_quote_ == nullptr || seen_quote_ < at) {
      const char* const from = seen_to_ != nullptr && seen_to_ > at ? seen_to_ : at;
      if (from >= stop) return nullptr;
      const char* const to = end - at > ahead && stop - at < ahead ? at + ahead : std::max(stop, from);
      seen_quote_ = search(from, to, quote_);
      seen_to_ = seen_quote_ != nullptr ? seen_quote_ + 1 : to;
    }
    return seen_quote_ != nullptr && seen_quote_ < stop ? seen_quote_ : nullptr;
  }

  char delimiter_;
  char quote_;
  const char* seen_quote_ = nullptr;  // the first at or behind what was looked at last
  const char* seen_to_ = nullptr;     // without one, there is none before this
  State state_ = State::plain;
  bool field_begins_ = true;
  bool had_quotes_ = false;
};

}  // namespace hiveframe::codec::csv
