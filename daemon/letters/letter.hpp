#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::daemon {

/// A dead letter as a pipeline wrote it: one JSON object on a line.
struct Letter {
  std::string id;
  std::string time;  ///< RFC 3339
  std::string stage;
  std::string error;  ///< its type: "syntax"
  std::string message;
  std::string source;  ///< "orders.ndjson line 17"
  std::uint64_t attempts = 0;
  std::string original;      ///< the bytes of the record, or the head of one that was too long
  bool is_text = true;       ///< they are UTF-8
  std::uint64_t length = 0;  ///< of the whole record
  bool whole = true;         ///< `original` is all of it: it can be replayed
};

/// The letter on this line, without its end; nothing if it is none.
std::optional<Letter> parse_letter(std::string_view line);

/// Which letters are meant: those of which all is so that is given.
struct LetterSelection {
  std::optional<std::string> id;
  std::optional<std::string> stage;
  std::optional<std::string> error;  ///< Letter::error

  [[nodiscard]] bool takes(const Letter& letter) const;
};

}  // namespace hiveframe::daemon
