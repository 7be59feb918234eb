#pragma once

#include <string_view>
#include <vector>

#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/token_reader.hpp"

namespace hiveframe::expr {

/// Makes the nodes of an AstTree. Where there can be none, the reader is told why and nullptr returned. Used
/// once, by the parser.
class AstBuilder {
 public:
  explicit AstBuilder(TokenReader& reader) noexcept : reader_(reader) {}

  /// A node that `token` names. Its depth is bounded by max_depth.
  Ast* node(Ast::Kind kind, const Token& token, std::vector<const Ast*> children = {},
            Operator op = Operator::add, std::string_view name = {});
  /// The same for a quoted name, whose text is the token's content.
  Ast* quoted_selection(const Token& token, const Ast* operand);
  Ast* literal(const Token& token, const record::Value& value);
  /// Of a string or bytes token.
  Ast* text(const Token& token);
  /// Of a number token, whose sign may be a token of its own.
  Ast* number(const Token& token, bool negative);

  AstTree finish(const Ast* root);

 private:
  std::string_view keep(const std::string& text) { return tree_.texts.emplace_back(text); }

  TokenReader& reader_;
  AstTree tree_;
};

}  // namespace hiveframe::expr
