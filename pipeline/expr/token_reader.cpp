#include "pipeline/expr/token_reader.hpp"

#include <utility>

#include "config/text.hpp"
#include "pipeline/expr/limits.hpp"

namespace hiveframe::expr {

bool TokenReader::advance() {
  std::optional<Token> next = lexer_.next(problem_);
  if (!next) return false;
  token_ = std::move(*next);
  return true;
}

bool TokenReader::expect(TokenKind kind, std::string_view wanted) {
  if (at(kind)) return advance();
  unexpected(wanted);
  return false;
}

std::nullptr_t TokenReader::unexpected(std::string_view wanted) {
  if (at(TokenKind::end)) {
    const bool nothing = text_.find_first_not_of(" \t\r\n\f") == std::string_view::npos;
    return fail(token_,
                nothing ? "an expression is missing"
                        : "the expression ends where " + std::string(wanted) + " is wanted",
                {});
  }
  const std::string_view found = source(token_);
  std::string hint;
  if (found == "and") hint = "logical and is '&&'";
  if (found == "or") hint = "logical or is '||'";
  if (found == "is") hint = "null is compared with '==', as in record.a == null";
  if (found == "like") hint = "texts have startsWith('…'), endsWith('…'), contains('…') and matches('…')";
  const std::string_view before = text_.substr(0, token_.begin);
  if (found == ">" && before.ends_with('<')) hint = "unequal is '!='";
  if (before.ends_with(" not ") || before == "not ") hint = "logical not is '!'";
  return fail(token_,
              "unexpected " + config::quote(found, 40) + " where " + std::string(wanted) + " is wanted",
              std::move(hint));
}

std::nullptr_t TokenReader::too_deep(const Token& token) {
  return fail(token, "the expression nests more than " + std::to_string(max_depth) + " levels deep", {});
}

std::nullptr_t TokenReader::fail(const Token& token, std::string message, std::string hint) {
  problem_ = {token.begin, token.end, std::move(message), std::move(hint)};
  return nullptr;
}

}  // namespace hiveframe::expr
