#include "config/yaml_line.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/secrets_in_text.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;

std::string_view without_comment(std::string_view text) {
  std::size_t end = text.size();
  for (std::size_t i = 1; i < text.size(); ++i)
    if (text[i] == '#' && (text[i - 1] == ' ' || text[i - 1] == '\t')) {
      end = i;
      break;
    }
  text = text.substr(0, end);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

constexpr std::size_t longest_shown = 100;

// What stands in brackets holds keys of its own.
std::string shown_value(std::string_view value) {
  const std::string shown = value_without_secrets(value);
  return replaced(shown, find_secret_values(shown));
}

std::string behind_key(const YamlLine& line, const std::string& value) {
  return line.key.empty() || line.key.size() > longest_shown ? value : fmt::format("{}: {}", line.key, value);
}

}  // namespace

std::size_t find_key_colon(std::string_view text, std::size_t from) {
  std::size_t at = from;
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    at = text.find(text[at], at + 1);
    if (at == npos) return npos;
    ++at;
    while (at < text.size() && text[at] == ' ')
      ++at;
    return at < text.size() && text[at] == ':' ? at : npos;
  }
  for (; at < text.size(); ++at) {
    const bool last = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\t';
    if (text[at] == ':' && last) return at;
    if (text[at] == '#' && at > from && text[at - 1] == ' ') return npos;
  }
  return npos;
}

YamlLine cut_line(const SourceFile& file, std::size_t number) {
  YamlLine line;
  line.begin = file.line_begin(number);
  line.text = file.line(number);
  std::size_t at = std::min(line.text.find_first_not_of(" \t"), line.text.size());
  while (line.text.substr(at).starts_with("- "))
    at = std::min(line.text.find_first_not_of(' ', at + 1), line.text.size());
  constexpr std::string_view never_a_key = "[{`@%*!&|>";
  const bool may_be_key = at < line.text.size() && never_a_key.find(line.text[at]) == npos;
  const std::size_t colon = may_be_key ? find_key_colon(line.text, at) : npos;
  if (colon != npos) {
    line.key = line.text.substr(at, colon - at);
    at = std::min(line.text.find_first_not_of(" \t", colon + 1), line.text.size());
  }
  line.value = at;
  line.value_text = without_comment(line.text.substr(at));
  return line;
}

std::string corrected(const YamlLine& line, std::string_view value) {
  const bool hidden = value.size() > longest_shown || sounds_secret(line.key);
  return behind_key(line, hidden ? "'…'" : quoted_for_yaml(shown_value(value)));
}

std::string rewritten(const YamlLine& line, std::string_view value) {
  const bool plain = value.size() <= longest_shown && !sounds_secret(line.key) && !needs_quotes(value);
  return plain ? behind_key(line, shown_value(value)) : corrected(line, value);
}

std::string corrected(const YamlLine& line) { return corrected(line, line.value_text); }

std::string quoted_for_yaml(std::string_view text) {
  const bool simple = text.find('\'') == npos || text.find_first_of("\"\\") != npos;
  std::string out(1, simple ? '\'' : '"');
  for (const char c : text) {
    out += c;
    if (simple && c == '\'') out += c;
  }
  return out + out.front();
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(",[]{}") != npos || text.find(": ") != npos ||
         text.find(" #") != npos || text.ends_with(':') ||
         std::string_view("&*!|>'\"%@`?-#").find(text.front()) != npos;
}

bool comment_follows(const Span& value) {
  if (!value.has_place()) return false;
  const std::string_view rest = std::string_view(value.file->content()).substr(value.end);
  const std::size_t next = rest.find_first_not_of(" \t");
  return next != npos && next > 0 && rest[next] == '#';
}

bool takes_expression(std::string_view key) { return key == "filter" || key == "when" || key == "condition"; }

std::string without_braces(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view two = text.substr(at, 2);
    if (two == "{{") {
      at = std::min(text.find_first_not_of(' ', at + 2), text.size());
    } else if (two == "}}") {
      out.erase(out.find_last_not_of(' ') + 1);
      at += 2;
    } else {
      out += text[at++];
    }
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out.substr(std::min(out.find_first_not_of(' '), out.size()));
}

std::string quoted_value_hint(const SourceFile& file, std::size_t offset) {
  return corrected(cut_line(file, file.line_of(offset)));
}

}  // namespace hiveframe::config
