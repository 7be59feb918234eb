#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pipeline/expr/lexer.hpp"
#include "pipeline/expr/problem.hpp"

namespace hiveframe::expr {

/// The tokens of an expression with one in hand, and the problem when they are not what the grammar wants.
/// What reports a problem returns nullptr, for the parser to return in turn: everything unwinds. Used once,
/// by the parser.
class TokenReader {
 public:
  TokenReader(std::string_view text, Problem& problem) : text_(text), lexer_(text), problem_(problem) {}

  [[nodiscard]] const Token& token() const noexcept { return token_; }
  [[nodiscard]] bool at(TokenKind kind) const noexcept { return token_.kind == kind; }
  /// As it is written.
  [[nodiscard]] std::string_view source(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

  /// To the next token. False: it is none, which is then the problem.
  bool advance();
  /// Past a token of that kind. False: here is another, where `wanted` is wanted.
  bool expect(TokenKind kind, std::string_view wanted);

  std::nullptr_t unexpected(std::string_view wanted);
  std::nullptr_t too_deep(const Token& token);
  std::nullptr_t fail(const Token& token, std::string message, std::string hint);

 private:
  std::string_view text_;
  Lexer lexer_;
  Problem& problem_;
  Token token_;
};

}  // namespace hiveframe::expr
