#include "pipeline/expr/precedence.hpp"

namespace hiveframe::expr {

std::optional<Binary> binary_operator(const Token& token, std::string_view text) noexcept {
  switch (token.kind) {
    case TokenKind::equal:
      return Binary{1, Operator::equal};
    case TokenKind::not_equal:
      return Binary{1, Operator::not_equal};
    case TokenKind::less:
      return Binary{1, Operator::less};
    case TokenKind::less_equal:
      return Binary{1, Operator::less_equal};
    case TokenKind::greater:
      return Binary{1, Operator::greater};
    case TokenKind::greater_equal:
      return Binary{1, Operator::greater_equal};
    case TokenKind::plus:
      return Binary{2, Operator::add};
    case TokenKind::minus:
      return Binary{2, Operator::subtract};
    case TokenKind::star:
      return Binary{3, Operator::multiply};
    case TokenKind::slash:
      return Binary{3, Operator::divide};
    case TokenKind::percent:
      return Binary{3, Operator::modulo};
    case TokenKind::identifier:
      if (text == "in") return Binary{1, Operator::in};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace hiveframe::expr
