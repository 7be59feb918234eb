#include "pipeline/expr/lexer.hpp"

#include <array>

#include "pipeline/expr/literal.hpp"

namespace hiveframe::expr {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_name_start(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct Operator {
  std::string_view text;
  TokenKind kind;
};

// Longer ones first.
constexpr std::array<Operator, 24> operators{{
    {"&&", TokenKind::and_and},
    {"||", TokenKind::or_or},
    {"==", TokenKind::equal},
    {"!=", TokenKind::not_equal},
    {"<=", TokenKind::less_equal},
    {">=", TokenKind::greater_equal},
    {"<", TokenKind::less},
    {">", TokenKind::greater},
    {"(", TokenKind::left_parenthesis},
    {")", TokenKind::right_parenthesis},
    {"[", TokenKind::left_bracket},
    {"]", TokenKind::right_bracket},
    {"{", TokenKind::left_brace},
    {"}", TokenKind::right_brace},
    {",", TokenKind::comma},
    {".", TokenKind::dot},
    {":", TokenKind::colon},
    {"?", TokenKind::question},
    {"+", TokenKind::plus},
    {"-", TokenKind::minus},
    {"*", TokenKind::star},
    {"/", TokenKind::slash},
    {"%", TokenKind::percent},
    {"!", TokenKind::bang},
}};

}  // namespace

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++at_;
    } else if (text_.substr(at_, 2) == "//") {
      const std::size_t line_end = text_.find_first_of("\r\n", at_);
      at_ = line_end == std::string_view::npos ? text_.size() : line_end;
    } else {
      return;
    }
  }
}

std::optional<Token> Lexer::next(Problem& problem) {
  skip_blanks();
  Token token;
  token.begin = token.end = at_;
  if (at_ == text_.size()) return token;

  problem = {};
  if (const std::optional<QuotedLiteral> quoted = find_quoted(text_, at_, problem)) {
    std::optional<std::string> content = unquote(text_, *quoted, problem);
    if (!content) return std::nullopt;
    token.kind = quoted->bytes ? TokenKind::bytes : TokenKind::string;
    token.content = std::move(*content);
    token.end = at_ = quoted->end;
    return token;
  }
  if (!problem.message.empty()) return std::nullopt;

  const char c = text_[at_];
  if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
    const std::optional<NumberLiteral> number = read_number(text_, at_, problem);
    if (!number) return std::nullopt;
    token.integer = number->integer;
    token.floating = number->floating;
    token.kind = number->kind == NumberLiteral::Kind::integer            ? TokenKind::integer
                 : number->kind == NumberLiteral::Kind::unsigned_integer ? TokenKind::unsigned_integer
                                                                         : TokenKind::floating;
    token.end = at_ = number->end;
    return token;
  }
  if (is_name_start(c)) {
    while (at_ < text_.size() && (is_name_start(text_[at_]) || is_digit(text_[at_])))
      ++at_;
    token.kind = TokenKind::identifier;
    token.end = at_;
    return token;
  }
  if (c == '`') {
    const std::size_t close = text_.find_first_of("`\r\n", at_ + 1);
    if (close == std::string_view::npos || text_[close] != '`' || close == at_ + 1) {
      problem = {at_, at_ + 1, "the backtick is not closed around a name", {}};
      return std::nullopt;
    }
    token.kind = TokenKind::quoted_identifier;
    token.content = text_.substr(at_ + 1, close - at_ - 1);
    token.end = at_ = close + 1;
    return token;
  }
  return operator_token(problem);
}

/// What stands there is not ASCII.
std::string Lexer::hint_for_letter(std::size_t at, std::size_t length) const {
  const std::string_view letter = text_.substr(at, length);
  for (const std::string_view quote : {"‘", "’", "“", "”", "„", "«", "»"})
    if (letter == quote) return "a text stands in ' or \"";
  const auto is_part = [this](std::size_t i) {
    return is_name_start(text_[i]) || is_digit(text_[i]) || static_cast<unsigned char>(text_[i]) >= 0x80;
  };
  std::size_t begin = at;
  while (begin > 0 && is_part(begin - 1))
    --begin;
  std::size_t end = at;
  while (end < text_.size() && is_part(end))
    ++end;
  if (begin == 0 || text_[begin - 1] != '.') return {};
  return "a name with other letters stands in brackets: record['" +
         std::string(text_.substr(begin, end - begin)) + "']";
}

std::optional<Token> Lexer::operator_token(Problem& problem) {
  const std::string_view rest = text_.substr(at_);
  for (const Operator& each : operators) {
    if (rest.starts_with(each.text)) {
      Token token;
      token.kind = each.kind;
      token.begin = at_;
      token.end = at_ += each.text.size();
      return token;
    }
  }
  std::size_t length = 1;
  while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0) == 0x80)
    ++length;
  std::string hint;
  std::string message = "unexpected '" + std::string(rest.substr(0, length)) + "'";
  if (rest.starts_with("${")) {
    length = 2;
    message = "'${' has no meaning inside an expression";
    hint = "use env.NAME";
  } else if (rest[0] == '=') {
    hint = text_.substr(0, at_).ends_with("!=") ? "unequal is '!='"
           : rest.starts_with("=>")             ? "at least is '>='"
           : rest.starts_with("=<")             ? "at most is '<='"
                                                : "equality is '=='";
  } else if (rest[0] == ';') {
    hint = "an expression has no ';' at its end";
  } else if (length > 1) {
    hint = hint_for_letter(at_, length);
  } else if (rest[0] == '&' || rest[0] == '|') {
    hint = "logical operators are '&&' and '||'";
  }
  problem = {at_, at_ + length, std::move(message), std::move(hint)};
  return std::nullopt;
}

}  // namespace hiveframe::expr
