#include "pipeline/expr/token_reader.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "config/text.hpp"
#include "pipeline/expr/limits.hpp"

namespace hiveframe::expr {
namespace {

// A text without the quotes that make it one: words, and nothing that computes.
bool is_words(std::string_view text) {
  constexpr std::size_t longest = 40;  // more is not repeated
  return text.size() <= longest && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c == ' ' || c == '_' || c >= 0x80 || std::isalnum(c) != 0;
         });
}

}  // namespace

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
  std::string lower(found);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string_view before = text_.substr(0, token_.begin);
  if (lower == "and") hint = "logical and is '&&'";
  if (lower == "or") hint = "logical or is '||'";
  if (lower == "in" && found != "in") hint = "it is written 'in'";
  if (lower == "is") hint = "null is compared with '==', as in record.a == null";
  if (lower == "like") hint = "texts have startsWith('…'), endsWith('…'), contains('…') and matches('…')";
  for (const std::string_view method : {"contains", "matches", "startsWith", "endsWith"})
    if (found == method) hint = "it is called, as in record.a." + std::string(method) + "('…')";
  if (found == "," && wanted == "')'") hint = "a list stands in brackets, as in [1, 2]";
  if (found == "?" && before.ends_with('?'))
    hint = "another value in place of null is record.a != null ? record.a : 'x'";
  if (found == "*" && before.ends_with('*'))
    hint = "there are no powers; multiply, as in record.a * record.a";
  if (found == ">" && before.ends_with('<')) hint = "unequal is '!='";
  if (before.ends_with(" not ") || before == "not ") hint = "logical not is '!'";
  if (hint.empty() && is_words(text_) && at(TokenKind::identifier))
    hint = "a text stands in quotes of its own, as in \"'" + std::string(text_) + "'\"";
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
