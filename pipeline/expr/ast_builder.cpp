#include "pipeline/expr/ast_builder.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/expr/limits.hpp"

namespace hiveframe::expr {

using record::Value;

Ast* AstBuilder::node(Ast::Kind kind, const Token& token, std::vector<const Ast*> children, Operator op,
                      std::string_view name) {
  std::size_t depth = 1;
  for (const Ast* child : children)
    depth = std::max(depth, child->depth + 1);
  if (depth > max_depth) return reader_.too_deep(token);
  Ast& made = tree_.nodes.emplace_back();
  made.kind = kind;
  made.op = op;
  made.depth = depth;
  made.begin = token.begin;
  made.end = token.end;
  made.name = name;
  made.children = std::move(children);
  return &made;
}

Ast* AstBuilder::quoted_selection(const Token& token, const Ast* operand) {
  return node(Ast::Kind::select, token, {operand}, Operator::add, keep(token.content));
}

Ast* AstBuilder::literal(const Token& token, const Value& value) {
  Ast* made = node(Ast::Kind::literal, token);
  if (made != nullptr) made->literal = value;
  return made;
}

Ast* AstBuilder::text(const Token& token) {
  const std::string_view content = keep(token.content);
  return literal(token, token.kind == TokenKind::bytes ? Value::bytes(content) : Value::string(content));
}

Ast* AstBuilder::number(const Token& token, bool negative) {
  if (token.kind == TokenKind::floating)
    return literal(token, Value::float64(negative ? -token.floating : token.floating));
  const bool is_unsigned = token.kind == TokenKind::unsigned_integer;
  if (!is_unsigned && !negative && token.integer == std::uint64_t{1} << 63) {
    return reader_.fail(token, "the number is too large for an int (64 bits)", "a uint ends in 'u'");
  }
  const Value value = is_unsigned ? Value::uint64(token.integer)
                                  : Value::int64(static_cast<std::int64_t>(
                                        negative ? std::uint64_t{0} - token.integer : token.integer));
  Ast* made = literal(token, value);
  if (made != nullptr) made->is_unsigned = is_unsigned;
  return made;
}

AstTree AstBuilder::finish(const Ast* root) {
  tree_.root = root;
  return std::move(tree_);
}

}  // namespace hiveframe::expr
