#include "pipeline/expr/parser.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "config/text.hpp"
#include "config/utf8.hpp"
#include "pipeline/expr/lexer.hpp"
#include "pipeline/expr/limits.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

constexpr std::array<std::string_view, 18> reserved{
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",    "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while", "in"};

// What joins two operands, and how tightly.
struct Binary {
  int level;
  Operator op;
};
constexpr int relation_level = 1;
constexpr int unary_level = 4;

std::optional<Binary> binary_operator(const Token& token, std::string_view text) {
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

// Recursive descent. A nullptr means that problem_ is set and everything unwinds.
class Parser {
 public:
  Parser(std::string_view text, Problem& problem) : text_(text), lexer_(text), problem_(problem) {}

  std::optional<AstTree> run() {
    if (!advance()) return std::nullopt;
    const Ast* root = expression();
    if (root == nullptr) return std::nullopt;
    if (token_.kind != TokenKind::end) {
      unexpected("an operator");
      return std::nullopt;
    }
    tree_.root = root;
    return std::move(tree_);
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
    if (depth_ > max_depth) return too_deep(token_);
    const Ast* condition = disjunction();
    if (condition == nullptr || token_.kind != TokenKind::question) return condition;
    const Token question = token_;
    if (!advance()) return nullptr;
    const Ast* yes = disjunction();
    if (yes == nullptr || !expect(TokenKind::colon, "':' and what holds otherwise")) return nullptr;
    const Ast* no = expression();
    if (no == nullptr) return nullptr;
    return make(Ast::Kind::conditional, question, {condition, yes, no});
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
    if (first == nullptr || token_.kind != joint) return first;
    const Token op = token_;
    std::vector<const Ast*> operands{first};
    while (token_.kind == joint) {
      if (!advance()) return nullptr;
      const Ast* next = operand();
      if (next == nullptr) return nullptr;
      operands.push_back(next);
    }
    return make(kind, op, std::move(operands));
  }

  // Relations, sums and products, by their levels; all associate to the left.
  const Ast* binary(int level) {
    const Ast* left = level == unary_level ? unary() : binary(level + 1);
    while (left != nullptr) {
      const std::optional<Binary> joint = binary_operator(token_, source(token_));
      if (!joint || joint->level != level) break;
      const Token op = token_;
      if (!advance()) return nullptr;
      const Ast* right = level + 1 == unary_level ? unary() : binary(level + 1);
      if (right == nullptr) return nullptr;
      left = make(Ast::Kind::binary, op, {left, right}, joint->op);
    }
    return left;
  }

  // `!`s or `-`s, not mixed, as CEL's grammar has it.
  const Ast* unary() {
    const TokenKind sign = token_.kind;
    if (sign != TokenKind::bang && sign != TokenKind::minus) return member();
    std::vector<Token> signs;
    while (token_.kind == sign) {
      signs.push_back(token_);
      if (!advance()) return nullptr;
    }
    const bool negative = sign == TokenKind::minus;
    const Ast* operand = nullptr;
    if (negative && (token_.kind == TokenKind::integer || token_.kind == TokenKind::floating)) {
      // The sign belongs to the number: -9223372036854775808 has no positive counterpart.
      Token number = token_;
      number.begin = signs.back().begin;
      if (!advance()) return nullptr;
      operand = member_after(number_literal(number, true));
      signs.pop_back();
    } else {
      operand = member();
    }
    for (; operand != nullptr && !signs.empty(); signs.pop_back()) {
      operand =
          make(Ast::Kind::unary, signs.back(), {operand}, negative ? Operator::negate : Operator::invert);
    }
    return operand;
  }

  const Ast* member() { return member_after(primary()); }

  // Selections, indexes and method calls behind an operand.
  const Ast* member_after(const Ast* operand) {
    while (operand != nullptr) {
      if (token_.kind == TokenKind::dot) {
        operand = selection(operand);
      } else if (token_.kind == TokenKind::left_bracket) {
        const Token bracket = token_;
        if (!advance()) return nullptr;
        const Ast* index = expression();
        if (index == nullptr || !expect(TokenKind::right_bracket, "']'")) return nullptr;
        operand = make(Ast::Kind::index, bracket, {operand, index});
      } else if (token_.kind == TokenKind::left_brace && operand->kind == Ast::Kind::identifier) {
        return fail(token_, "there are no message types here", "a map is {'name': value}");
      } else {
        break;
      }
    }
    return operand;
  }

  const Ast* selection(const Ast* operand) {
    if (!advance()) return nullptr;
    const Token field = token_;
    if (field.kind == TokenKind::quoted_identifier) {
      if (!advance()) return nullptr;
      return make(Ast::Kind::select, field, {operand}, Operator::add, keep(field.content));
    }
    if (field.kind != TokenKind::identifier) return unexpected("a field's name");
    if (!advance()) return nullptr;
    if (token_.kind != TokenKind::left_parenthesis) {
      return make(Ast::Kind::select, field, {operand}, Operator::add, source(field));
    }
    std::vector<const Ast*> arguments{operand};
    if (!arguments_into(arguments)) return nullptr;
    return make(Ast::Kind::call, field, std::move(arguments), Operator::add, source(field), true);
  }

  // The current token is the opening parenthesis.
  bool arguments_into(std::vector<const Ast*>& arguments) {
    return advance() && elements_into(arguments, TokenKind::right_parenthesis, "',' or ')'");
  }

  // Expressions up to `closing`; a comma may stand before it in lists only.
  bool elements_into(std::vector<const Ast*>& elements, TokenKind closing, std::string_view wanted) {
    while (token_.kind != closing) {
      const Ast* element = expression();
      if (element == nullptr) return false;
      elements.push_back(element);
      if (token_.kind == closing) break;
      if (token_.kind != TokenKind::comma) {
        unexpected(wanted);
        return false;
      }
      const Token comma = token_;
      if (!advance()) return false;
      if (token_.kind == closing && closing == TokenKind::right_parenthesis) {
        fail(comma, "a ',' without an argument after it", {});
        return false;
      }
    }
    return advance();
  }

  const Ast* primary() {
    const Token token = token_;
    switch (token.kind) {
      case TokenKind::integer:
      case TokenKind::unsigned_integer:
      case TokenKind::floating:
        return advance() ? number_literal(token, false) : nullptr;
      case TokenKind::string:
        if (!advance()) return nullptr;
        return with_literal(make(Ast::Kind::literal, token, {}), Value::string(keep(token.content)));
      case TokenKind::bytes:
        if (!advance()) return nullptr;
        return with_literal(make(Ast::Kind::literal, token, {}), Value::bytes(keep(token.content)));
      case TokenKind::identifier:
        return identifier(token);
      case TokenKind::dot:
        // `.name` is a name of the outermost scope; there is only one.
        if (!advance()) return nullptr;
        if (token_.kind != TokenKind::identifier) return unexpected("a name");
        return identifier(token_);
      case TokenKind::left_parenthesis: {
        if (!advance()) return nullptr;
        const Ast* inner = expression();
        if (inner == nullptr || !expect(TokenKind::right_parenthesis, "')'")) return nullptr;
        return inner;
      }
      case TokenKind::left_bracket: {
        std::vector<const Ast*> items;
        if (!advance() || !elements_into(items, TokenKind::right_bracket, "',' or ']'")) return nullptr;
        return make(Ast::Kind::list, token, std::move(items));
      }
      case TokenKind::left_brace:
        return map(token);
      default:
        return unexpected("a value");
    }
  }

  const Ast* identifier(const Token& token) {
    const std::string_view name = source(token);
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
      return fail(token, config::quote(name) + " is a reserved word", {});
    }
    if (!advance()) return nullptr;
    if (name == "true" || name == "false") {
      return with_literal(make(Ast::Kind::literal, token, {}), Value::boolean(name == "true"));
    }
    if (name == "null") return make(Ast::Kind::literal, token, {});
    if (token_.kind != TokenKind::left_parenthesis) {
      return make(Ast::Kind::identifier, token, {}, Operator::add, name);
    }
    std::vector<const Ast*> arguments;
    if (!arguments_into(arguments)) return nullptr;
    return make(Ast::Kind::call, token, std::move(arguments), Operator::add, name);
  }

  const Ast* map(const Token& brace) {
    std::vector<const Ast*> entries;
    if (!advance()) return nullptr;
    while (token_.kind != TokenKind::right_brace) {
      const Ast* key = expression();
      if (key == nullptr || !expect(TokenKind::colon, "':' and a value")) return nullptr;
      const Ast* value = expression();
      if (value == nullptr) return nullptr;
      entries.push_back(key);
      entries.push_back(value);
      if (token_.kind == TokenKind::right_brace) break;
      if (!expect(TokenKind::comma, "',' or '}'")) return nullptr;
    }
    if (!advance()) return nullptr;
    return make(Ast::Kind::map, brace, std::move(entries));
  }

  const Ast* number_literal(const Token& token, bool negative) {
    if (token.kind == TokenKind::floating) {
      return with_literal(make(Ast::Kind::literal, token, {}),
                          Value::float64(negative ? -token.floating : token.floating));
    }
    const bool is_unsigned = token.kind == TokenKind::unsigned_integer;
    if (!is_unsigned && !negative && token.integer == std::uint64_t{1} << 63) {
      return fail(token, "the number is too large for an int (64 bits)", "a uint ends in 'u'");
    }
    const Value value = is_unsigned ? Value::uint64(token.integer)
                                    : Value::int64(static_cast<std::int64_t>(
                                          negative ? std::uint64_t{0} - token.integer : token.integer));
    Ast* node = with_literal(make(Ast::Kind::literal, token, {}), value);
    if (node != nullptr) node->is_unsigned = is_unsigned;
    return node;
  }

  Ast* make(Ast::Kind kind, const Token& token, std::vector<const Ast*> children, Operator op = Operator::add,
            std::string_view name = {}, bool method = false) {
    std::size_t depth = 1;
    for (const Ast* child : children)
      depth = std::max(depth, child->depth + 1);
    if (depth > max_depth) return too_deep(token);
    Ast& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.op = op;
    node.method = method;
    node.depth = depth;
    node.begin = token.begin;
    node.end = token.end;
    node.name = name;
    node.children = std::move(children);
    return &node;
  }

  static Ast* with_literal(Ast* node, const Value& value) {
    if (node != nullptr) node->literal = value;
    return node;
  }

  std::string_view keep(const std::string& text) { return tree_.texts.emplace_back(text); }
  std::string_view source(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

  bool advance() {
    std::optional<Token> next = lexer_.next(problem_);
    if (!next) return false;
    token_ = std::move(*next);
    return true;
  }

  bool expect(TokenKind kind, std::string_view wanted) {
    if (token_.kind == kind) return advance();
    unexpected(wanted);
    return false;
  }

  Ast* unexpected(std::string_view wanted) {
    if (token_.kind == TokenKind::end) {
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
    return fail(token_,
                "unexpected " + config::quote(found, 40) + " where " + std::string(wanted) + " is wanted",
                std::move(hint));
  }

  Ast* too_deep(const Token& token) {
    return fail(token, "the expression nests more than " + std::to_string(max_depth) + " levels deep", {});
  }

  Ast* fail(const Token& token, std::string message, std::string hint) {
    problem_ = {token.begin, token.end, std::move(message), std::move(hint)};
    return nullptr;
  }

  std::string_view text_;
  Lexer lexer_;
  Problem& problem_;
  Token token_;
  AstTree tree_;
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
