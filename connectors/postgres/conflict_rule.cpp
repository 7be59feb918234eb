#include "connectors/postgres/conflict_rule.hpp"

#include <algorithm>

#include "connectors/postgres/identifier.hpp"

namespace hiveframe::connectors::postgres {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
/// Of a name without quotes (PostgreSQL's documentation, 4.1.1); what is not ASCII is a letter.
bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Takes a word off the beginning, whatever its case.
bool take_word(std::string_view& text, std::string_view word) {
  text = trimmed(text);
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (lower(text[i]) != word[i]) return false;
  if (text.size() > word.size() && is_of_name(text[word.size()])) return false;
  text.remove_prefix(word.size());
  text = trimmed(text);
  return true;
}

/// Takes a name off the beginning, as the server understands it; nothing if there is none.
std::optional<std::string> take_name(std::string_view& text) {
  text = trimmed(text);
  std::string name;
  if (text.starts_with('"')) {
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] != '"') {
        name += text[i];
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        name += text[i++];
      } else {
        text = trimmed(text.substr(i + 1));
        return name;
      }
    }
    return std::nullopt;
  }
  while (!text.empty() && is_of_name(text.front())) {
    name += lower(text.front());
    text.remove_prefix(1);
  }
  text = trimmed(text);
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return std::nullopt;
  return name;
}

/// Where the bracket is closed that the text begins with; npos: nowhere.
std::size_t closing_bracket(std::string_view text) {
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// The columns of a target; empty if it has anything else.
std::vector<std::string> columns_of(std::string_view target) {
  std::vector<std::string> columns;
  for (;;) {
    std::optional<std::string> name = take_name(target);
    if (!name || !(target.empty() || target.starts_with(','))) return {};
    columns.push_back(std::move(*name));
    if (target.empty()) return columns;
    target.remove_prefix(1);
  }
}

bool mentions_alias(std::string_view text) {
  for (std::size_t at = text.find("t."); at != std::string_view::npos; at = text.find("t.", at + 1))
    if (at == 0 || (!is_of_name(text[at - 1]) && text[at - 1] != '"' && text[at - 1] != '.')) return true;
  return false;
}

}  // namespace

std::optional<ConflictRule> parse_conflict_rule(std::string_view text, std::string& problem) {
  std::string_view rest = trimmed(text);
  ConflictRule rule;
  rule.clause = rest;
  rule.uses_alias = mentions_alias(rest);
  if (rest.starts_with('(')) {
    const std::size_t end = closing_bracket(rest);
    if (end == std::string_view::npos) {
      problem = "lacks the closing bracket";
      return std::nullopt;
    }
    rule.target = trimmed(rest.substr(1, end - 1));
    rule.columns = columns_of(rule.target);
    return rule;
  }
  if (take_word(rest, "on") && take_word(rest, "constraint")) {
    std::optional<std::string> name = take_name(rest);
    if (name) {
      rule.constraint = std::move(*name);
      return rule;
    }
  }
  rest = trimmed(text);
  if (take_word(rest, "do")) return rule;
  problem = "begins neither with columns in brackets nor with ON CONSTRAINT or DO";
  return std::nullopt;
}

std::string replacing_clause(const std::vector<std::string>& keys, const std::vector<std::string>& given) {
  std::string clause = "(" + quote_identifiers(keys) + ") DO ";
  std::string assignments;
  for (const std::string& each : given) {
    if (std::find(keys.begin(), keys.end(), each) != keys.end()) continue;
    if (!assignments.empty()) assignments += ", ";
    assignments += quote_identifier(each) + " = EXCLUDED." + quote_identifier(each);
  }
  return clause + (assignments.empty() ? "NOTHING" : "UPDATE SET " + assignments);
}

}  // namespace hiveframe::connectors::postgres
