#include "pipeline/expr/parser.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "config/text.hpp"
#include "config/utf8.hpp"
#include "pipeline/expr/ast_builder.hpp"
#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/precedence.hpp"
#include "pipeline/expr/token_reader.hpp"

namespace hiveframe::expr {
namespace {

constexpr std::array<std::string_view, 18> reserved{
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",    "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while", "in"};

// Recursive descent. A nullptr means that the problem is known and everything unwinds.
class Parser {
 public:
  Parser(std::string_view text, Problem& problem) : reader_(text, problem), builder_(reader_) {}

  std::optional<AstTree> run() {
    if (!reader_.advance()) return std::nullopt;
    const Ast* root = expression();
    if (root == nullptr) return std::nullopt;
    if (!reader_.at(TokenKind::end)) {
      reader_.unexpected("an operator");
      return std::nullopt;
    }
    return builder_.finish(root);
  }

 private:
  // One level of recursion, counted.
  class Level {
   public:
    explicit Level(std::size_t& depth) : depth_(++depth) {}
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    std::size_t& depth_;
  };

  const Ast* expression() {
    const Level level(depth_);
    if (depth_ > max_depth) return reader_.too_deep(reader_.token());
    const Ast* condition = disjunction();
    if (condition == nullptr || !reader_.at(TokenKind::question)) return condition;
    const Token question = reader_.token();
    if (!reader_.advance()) return nullptr;
    const Ast* yes = disjunction();
    if (yes == nullptr || !reader_.expect(TokenKind::colon, "':' and what holds otherwise")) return nullptr;
    const Ast* no = expression();
    if (no == nullptr) return nullptr;
    return builder_.node(Ast::Kind::conditional, question, {condition, yes, no});
  }

  const Ast* disjunction() {
    return chain(TokenKind::or_or, Ast::Kind::disjunction, [this] {
      return chain(TokenKind::and_and, Ast::Kind::conjunction, [this] { return binary(relation_level); });
    });
  }

  // Operands joined by one operator, as one node: its operands are equals, and a long chain is not deep.
  template <class Operand>
  const Ast* chain(TokenKind joint, Ast::Kind kind, Operand operand) {
    const Ast* first = operand();
    if (first == nullptr || !reader_.at(joint)) return first;
    const Token op = reader_.token();
    std::vector<const Ast*> operands{first};
    while (reader_.at(joint)) {
      if (!reader_.advance()) return nullptr;
      const Ast* next = operand();
      if (next == nullptr) return nullptr;
      operands.push_back(next);
    }
    return builder_.node(kind, op, std::move(operands));
  }

  // Relations, sums and products, by their levels; all associate to the left.
  const Ast* binary(int level) {
    const Ast* left = level == unary_level ? unary() : binary(level + 1);
    while (left != nullptr) {
      const std::optional<Binary> joint = binary_operator(reader_.token(), reader_.source(reader_.token()));
      if (!joint || joint->level != level) break;
      const Token op = reader_.token();
      if (!reader_.advance()) return nullptr;
      const Ast* right = level + 1 == unary_level ? unary() : binary(level + 1);
      if (right == nullptr) return nullptr;
      left = builder_.node(Ast::Kind::binary, op, {left, right}, joint->op);
    }
    return left;
  }

  // `!`s or `-`s, not mixed, as CEL's grammar has it.
  const Ast* unary() {
    const TokenKind sign = reader_.token().kind;
    if (sign != TokenKind::bang && sign != TokenKind::minus) return member();
    std::vector<Token> signs;
    while (reader_.at(sign)) {
      signs.push_back(reader_.token());
      if (!reader_.advance()) return nullptr;
    }
    const bool negative = sign == TokenKind::minus;
    const Ast* operand = nullptr;
    if (negative && (reader_.at(TokenKind::integer) || reader_.at(TokenKind::floating))) {
      // The sign belongs to the number: -9223372036854775808 has no positive counterpart.
      Token number = reader_.token();
      number.begin = signs.back().begin;
      if (!reader_.advance()) return nullptr;
      operand = member_after(builder_.number(number, true));
      signs.pop_back();
    } else {
      operand = member();
    }
    for (; operand != nullptr && !signs.empty(); signs.pop_back()) {
      operand = builder_.node(Ast::Kind::unary, signs.back(), {operand},
                              negative ? Operator::negate : Operator::invert);
    }
    return operand;
  }

  const Ast* member() { return member_after(primary()); }

  // Selections, indexes and method calls behind an operand.
  const Ast* member_after(const Ast* operand) {
    while (operand != nullptr) {
      if (reader_.at(TokenKind::dot)) {
        operand = selection(operand);
      } else if (reader_.at(TokenKind::left_bracket)) {
        const Token bracket = reader_.token();
        if (!reader_.advance()) return nullptr;
        const Ast* index = expression();
        if (index == nullptr || !reader_.expect(TokenKind::right_bracket, "']'")) return nullptr;
        operand = builder_.node(Ast::Kind::index, bracket, {operand, index});
      } else if (reader_.at(TokenKind::left_brace) &&
                 (operand->kind == Ast::Kind::identifier || operand->kind == Ast::Kind::select)) {
        return reader_.fail(reader_.token(), "there are no message types here", "a map is {'name': value}");
      } else {
        break;
      }
    }
    return operand;
  }

  const Ast* selection(const Ast* operand) {
    if (!reader_.advance()) return nullptr;
    const Token field = reader_.token();
    if (field.kind == TokenKind::quoted_identifier) {
      if (!reader_.advance()) return nullptr;
      return builder_.quoted_selection(field, operand);
    }
    if (field.kind != TokenKind::identifier) return reader_.unexpected("a field's name");
    if (!reader_.advance()) return nullptr;
    if (!reader_.at(TokenKind::left_parenthesis)) {
      return builder_.node(Ast::Kind::select, field, {operand}, Operator::add, reader_.source(field));
    }
    std::vector<const Ast*> arguments{operand};
    if (!arguments_into(arguments)) return nullptr;
    Ast* const call =
        builder_.node(Ast::Kind::call, field, std::move(arguments), Operator::add, reader_.source(field));
    if (call != nullptr) call->method = true;
    return call;
  }

  // The current token is the opening parenthesis.
  bool arguments_into(std::vector<const Ast*>& arguments) {
    return reader_.advance() && elements_into(arguments, TokenKind::right_parenthesis, "',' or ')'");
  }

  // Expressions up to `closing`; a comma may stand before it in lists only.
  bool elements_into(std::vector<const Ast*>& elements, TokenKind closing, std::string_view wanted) {
    while (!reader_.at(closing)) {
      const Ast* element = expression();
      if (element == nullptr) return false;
      elements.push_back(element);
      if (reader_.at(closing)) break;
      if (!reader_.at(TokenKind::comma)) {
        reader_.unexpected(wanted);
        return false;
      }
      const Token comma = reader_.token();
      if (!reader_.advance()) return false;
      if (reader_.at(closing) && closing == TokenKind::right_parenthesis) {
        reader_.fail(comma, "a ',' without an argument after it", {});
        return false;
      }
    }
    return reader_.advance();
  }

  const Ast* primary() {
    const Token token = reader_.token();
    switch (token.kind) {
      case TokenKind::integer:
      case TokenKind::unsigned_integer:
      case TokenKind::floating:
        return reader_.advance() ? builder_.number(token, false) : nullptr;
      case TokenKind::string:
      case TokenKind::bytes:
        return reader_.advance() ? builder_.text(token) : nullptr;
      case TokenKind::identifier:
        return identifier(token, false);
      case TokenKind::dot: {
        if (!reader_.advance()) return nullptr;
        if (!reader_.at(TokenKind::identifier)) return reader_.unexpected("a name");
        return identifier(reader_.token(), true);
      }
      case TokenKind::left_parenthesis: {
        if (!reader_.advance()) return nullptr;
        const Ast* inner = expression();
        if (inner == nullptr || !reader_.expect(TokenKind::right_parenthesis, "')'")) return nullptr;
        return inner;
      }
      case TokenKind::left_bracket: {
        std::vector<const Ast*> items;
        if (!reader_.advance() || !elements_into(items, TokenKind::right_bracket, "',' or ']'"))
          return nullptr;
        return builder_.node(Ast::Kind::list, token, std::move(items));
      }
      case TokenKind::left_brace:
        return map(token);
      default:
        return reader_.unexpected("a value");
    }
  }

  // `outermost`: a dot stands before it.
  const Ast* identifier(const Token token, bool outermost) {
    const std::string_view name = reader_.source(token);
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
      return reader_.fail(token, config::quote(name) + " is a reserved word",
                          name == "if" ? "a choice is written condition ? one : other" : "");
    }
    if (!reader_.advance()) return nullptr;
    if (name == "true" || name == "false") {
      return builder_.literal(token, record::Value::boolean(name == "true"));
    }
    if (name == "null") return builder_.literal(token, record::Value());
    if (!reader_.at(TokenKind::left_parenthesis)) {
      Ast* const made = builder_.node(Ast::Kind::identifier, token, {}, Operator::add, name);
      if (made != nullptr) made->outermost = outermost;
      return made;
    }
    std::vector<const Ast*> arguments;
    if (!arguments_into(arguments)) return nullptr;
    return builder_.node(Ast::Kind::call, token, std::move(arguments), Operator::add, name);
  }

  const Ast* map(const Token& brace) {
    std::vector<const Ast*> entries;
    if (!reader_.advance()) return nullptr;
    while (!reader_.at(TokenKind::right_brace)) {
      const Ast* key = expression();
      if (key == nullptr || !reader_.expect(TokenKind::colon, "':' and a value")) return nullptr;
      const Ast* value = expression();
      if (value == nullptr) return nullptr;
      entries.push_back(key);
      entries.push_back(value);
      if (reader_.at(TokenKind::right_brace)) break;
      if (!reader_.expect(TokenKind::comma, "',' or '}'")) return nullptr;
    }
    if (!reader_.advance()) return nullptr;
    return builder_.node(Ast::Kind::map, brace, std::move(entries));
  }

  TokenReader reader_;
  AstBuilder builder_;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<AstTree> parse(std::string_view text, Problem& problem) {
  if (text.size() > max_expression_bytes) {
    problem = {
        0, 1, "the expression is longer than " + std::to_string(max_expression_bytes / 1024) + " KiB", {}};
    return std::nullopt;
  }
  if (const std::size_t invalid = config::find_invalid_utf8(text); invalid != std::string_view::npos) {
    problem = {invalid, invalid + 1, "the expression is not UTF-8", {}};
    return std::nullopt;
  }
  return Parser(text, problem).run();
}

}  // namespace hiveframe::expr
