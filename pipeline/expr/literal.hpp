#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/expr/problem.hpp"

namespace hiveframe::expr {

/// A string or bytes literal of CEL as it stands in a text, and where its parts are.
struct QuotedLiteral {
  bool raw = false;
  bool bytes = false;
  std::size_t content_begin = 0;
  std::size_t content_end = 0;
  std::size_t end = 0;  ///< after the closing quotes
};

/// Finds the literal whose prefix or quote stands at `begin`. Nothing if no literal begins there; with
/// `problem` filled if one begins but is not closed.
std::optional<QuotedLiteral> find_quoted(std::string_view text, std::size_t begin, Problem& problem);

/// What a literal stands for, escapes resolved. Nothing for a wrong escape, and `problem` says why.
std::optional<std::string> unquote(std::string_view text, const QuotedLiteral& literal, Problem& problem);

/// A number literal of CEL, found at `begin`, which is a digit or a point before one.
struct NumberLiteral {
  enum class Kind { integer, unsigned_integer, floating };
  Kind kind = Kind::integer;
  std::uint64_t integer = 0;  ///< without sign; of an integer at most 2^63
  double floating = 0;
  std::size_t end = 0;
};
std::optional<NumberLiteral> read_number(std::string_view text, std::size_t begin, Problem& problem);

}  // namespace hiveframe::expr
