#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/expr/problem.hpp"

namespace hiveframe::expr {

enum class TokenKind : std::uint8_t {
  end,
  identifier,
  quoted_identifier,  ///< `a-b` in backticks, after a point
  integer,
  unsigned_integer,
  floating,
  string,
  bytes,
  // Punctuation and operators.
  left_parenthesis,
  right_parenthesis,
  left_bracket,
  right_bracket,
  left_brace,
  right_brace,
  comma,
  dot,
  colon,
  question,
  plus,
  minus,
  star,
  slash,
  percent,
  bang,
  and_and,
  or_or,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
};

/// A token, with its value if it is a literal. `begin` and `end` are bytes of the text.
struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t integer = 0;
  double floating = 0;
  std::string content;  ///< of a string, bytes or quoted identifier
};

/// Cuts a text into the tokens of CEL, one at a time.
class Lexer {
 public:
  explicit Lexer(std::string_view text) noexcept : text_(text) {}

  /// The next token, `end` at the end. Nothing if there is none, and `problem` says why.
  std::optional<Token> next(Problem& problem);

 private:
  void skip_blanks();
  [[nodiscard]] std::string hint_for_letter(std::size_t at, std::size_t length) const;
  std::optional<Token> operator_token(Problem& problem);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace hiveframe::expr
