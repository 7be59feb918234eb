#include "config/yaml_syntax_error.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "config/scalar_places.hpp"
#include "config/text.hpp"
#include "config/utf8.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// A line cut into `indentation`, `- ` and `key: ` in front, and the value with its comment taken off.
struct Line {
  std::size_t begin = 0;  // offset in the file
  std::string_view text;
  std::size_t value = 0;  // offset in text
  std::string_view value_text;
  std::string_view key;
};

// The colon that ends a key: outside quotes and brackets, before white space or the end.
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

Line cut(const SourceFile& file, std::size_t number) {
  Line line;
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

// `key: 'value'` with the value in quotes.
std::string corrected(const Line& line, std::string_view value) {
  constexpr std::size_t longest = 100;
  const std::string quoted = value.size() > longest ? "'…'" : quoted_for_yaml(value);
  return line.key.empty() || line.key.size() > longest ? quoted : fmt::format("{}: {}", line.key, quoted);
}
std::string corrected(const Line& line) { return corrected(line, line.value_text); }

class Examination {
 public:
  Examination(const SourceFilePtr& file, const SyntaxFailure& failure) : file_(file), failure_(failure) {}

  Diagnostic run() {
    const std::size_t number = file_->line_of(failure_.offset);
    const std::string& source = file_->content();
    const char found_at = failure_.offset < source.size() ? source[failure_.offset] : '\n';
    if (found_at == '*') return unknown_alias(number);
    // yaml-cpp often notices on the line after.
    for (std::size_t back = 0; back < 2 && back < number; ++back) {
      const Line line = cut(*file_, number - back);
      if (auto found = tab(line)) return *found;
      if (auto found = value_start(line)) return *found;
    }
    if (auto found = open_quote(number)) return *found;
    if (!failure_.open_brackets.empty()) {
      const std::size_t at = failure_.open_brackets.back();
      const char open = file_->content()[at];
      const char* close = open == '[' ? "]" : "}";
      return at_bytes(at, at + 1, fmt::format("'{}' is not closed", open),
                      fmt::format("add '{}', or quote the value if '{}' belongs to the text", close, open));
    }
    for (std::size_t back = 0; back < 2 && back < number; ++back)
      if (auto found = stray_colon(cut(*file_, number - back))) return *found;
    if (found_at == ']' || found_at == '}')
      return at_bytes(failure_.offset, failure_.offset + 1, fmt::format("'{}' closes nothing", found_at),
                      "remove it, or quote the value if it belongs to the text");
    return structure(number);
  }

 private:
  Diagnostic at_bytes(std::size_t begin, std::size_t end, std::string message, std::string hint) const {
    return {Span{file_, begin, end}, std::move(message), std::move(hint)};
  }

  Diagnostic must_quote(const Line& line, std::size_t length, std::string_view what) const {
    const std::size_t at = line.begin + line.value;
    return at_bytes(at, at + length, fmt::format("a value that starts with '{}' must be quoted", what),
                    "write " + corrected(line));
  }

  std::optional<Diagnostic> tab(const Line& line) const {
    const std::size_t end = std::min(line.text.find_first_not_of(" \t"), line.text.size());
    const std::size_t tab = line.text.substr(0, end).find('\t');
    if (tab == npos || end == line.text.size()) return std::nullopt;
    return at_bytes(line.begin + tab, line.begin + tab + 1, "a tab in the indentation",
                    "YAML is indented with spaces");
  }

  std::optional<Diagnostic> value_start(const Line& line) const {
    const std::string_view value = line.value_text;
    if (value.empty()) return std::nullopt;
    const std::size_t at = line.begin + line.value;
    if (value.starts_with("{{")) return must_quote(line, 2, "{{");
    switch (value.front()) {
      case '!':
      case '`':
      case '@':
      case '%':
        return must_quote(line, 1, value.substr(0, 1));
      case '*':
      case '&': {
        const std::size_t end = std::min(value.find_first_of(" \t,[]{}"), value.size());
        const bool failed_here = failure_.offset >= at && failure_.offset <= at + value.size();
        if (value.front() == '*' || (end == 1 && failed_here)) return must_quote(line, 1, value.substr(0, 1));
        return std::nullopt;
      }
      case '"':
      case '\'':
        return after_quote(line);
      case '|':
      case '>':
        return after_block_header(line);
      case '[':
      case '{':
        return after_bracket(line);
      case '-':
        if (!line.key.empty() && value.starts_with("- "))
          return at_bytes(
              at, at + 1, "a list begins on a line of its own",
              "put '- …' on the next line, or write " + corrected(line) + " if it is meant as text");
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

  Diagnostic unknown_alias(std::size_t number) const {
    const std::string_view rest = std::string_view(file_->content()).substr(failure_.offset);
    const std::size_t end = std::min(rest.find_first_of(" \t\r\n,[]{}"), rest.size());
    const Line line = cut(*file_, number);
    const bool is_value = failure_.offset == line.begin + line.value;
    return at_bytes(failure_.offset, failure_.offset + end,
                    fmt::format("{} refers to no anchor", quote(rest.substr(0, end))),
                    is_value ? fmt::format("write {} if it is meant as text", corrected(line))
                             : "quote it if it is meant as text");
  }

  std::optional<Diagnostic> after_quote(const Line& line) const {
    const std::string_view value = line.value_text;
    const std::size_t at = line.begin + line.value;
    const std::string content(value);
    const std::size_t end = end_of_quoted(content, 0);
    if (end == npos) return std::nullopt;
    if (value.front() == '"') {
      constexpr std::string_view known = "0abt\tnvfre \"/\\N_LPxuU";
      for (std::size_t i = 1; i + 1 < end; ++i) {
        if (value[i] != '\\') continue;
        const bool hex = std::string_view("xuU").find(value[i + 1]) != npos;
        if (known.find(value[i + 1]) == npos ||
            (hex && failure_.offset >= at + i && failure_.offset <= at + i + 10)) {
          const std::size_t size = 1 + code_point_at(value, i + 1).size;
          return at_bytes(at + i, at + i + size,
                          fmt::format("'{}' is no escape in double quotes", value.substr(i, size)),
                          "write '\\\\' for a backslash, or use single quotes, which know no escapes");
        }
        ++i;
      }
    }
    const std::size_t stray = value.find_first_not_of(" \t", end);
    if (stray == npos) return std::nullopt;
    if (!failure_.open_brackets.empty() && std::string_view(",]}:").find(value[stray]) != npos)
      return std::nullopt;
    // 'it's' and "say "hi"": what is meant is the text between the outer quotes.
    const bool both_ends = value.back() == value.front();
    return at_bytes(
        at + stray, at + value.size(), "text after the closing quote",
        "write " + (both_ends ? corrected(line, value.substr(1, value.size() - 2)) : corrected(line)));
  }

  std::optional<Diagnostic> after_block_header(const Line& line) const {
    const std::string_view value = line.value_text;
    const std::size_t end = std::min(value.find_first_not_of("|>+-0123456789"), value.size());
    if (end == value.size()) return std::nullopt;
    return must_quote(line, 1, value.substr(0, 1));
  }

  std::optional<Diagnostic> after_bracket(const Line& line) const {
    const std::string_view value = line.value_text;
    const std::size_t at = line.begin + line.value;
    std::vector<char> open;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const char c = value[i];
      if (c == '"' || c == '\'') {
        const std::size_t close = value.find(c, i + 1);
        if (close == npos) return std::nullopt;
        i = close;
      } else if (c == '[' || c == '{') {
        open.push_back(c == '[' ? ']' : '}');
      } else if (c == ']' || c == '}') {
        if (open.empty() || open.back() != c) {
          const std::string expected =
              open.empty() ? "nothing to close" : fmt::format("'{}' expected", open.back());
          return at_bytes(at + i, at + i + 1, fmt::format("'{}' closes nothing: {}", c, expected),
                          "write " + corrected(line) + " if it is meant as text");
        }
        open.pop_back();
        if (open.empty()) {
          const std::size_t stray = value.find_first_not_of(" \t", i + 1);
          if (stray == npos || !line_is_outermost(at)) return std::nullopt;
          return at_bytes(at + stray, at + value.size(), fmt::format("text after the closing '{}'", c),
                          "write " + corrected(line) + " if it is meant as text");
        }
      }
    }
    return std::nullopt;
  }

  // Not inside brackets that were opened on an earlier line.
  bool line_is_outermost(std::size_t offset) const {
    return failure_.open_brackets.empty() || failure_.open_brackets.front() >= offset;
  }

  // A quote that was opened on a line above and not closed there: the most likely culprit of anything after
  // it.
  std::optional<Diagnostic> open_quote(std::size_t number) const {
    for (std::size_t n = number;; --n) {
      const Line line = cut(*file_, n);
      const bool quoted =
          !line.value_text.empty() && (line.value_text.front() == '"' || line.value_text.front() == '\'');
      if (quoted && end_of_quoted(std::string(line.text.substr(line.value)), 0) == npos) {
        const std::size_t at = line.begin + line.value;
        return at_bytes(at, at + 1, "this quote is not closed on its line",
                        fmt::format("add a closing {} where the text ends", line.value_text.front()));
      }
      if (n == 1 || number - n >= 50) return std::nullopt;
    }
  }

  std::optional<Diagnostic> stray_colon(const Line& line) const {
    if (line.key.empty() || line.value_text.empty()) return std::nullopt;
    const std::size_t colon = find_key_colon(line.value_text, 0);
    if (colon == npos) return std::nullopt;
    const std::size_t at = line.begin + line.value + colon;
    return at_bytes(at, at + 1, "': ' inside a value", "quote the value: " + corrected(line));
  }

  Diagnostic structure(std::size_t number) const {
    Line line = cut(*file_, number);
    while (line.text.find_first_not_of(" \t") == npos && number > 1)
      line = cut(*file_, --number);
    const std::size_t indent = std::min(line.text.find_first_not_of(" \t"), line.text.size());
    const std::size_t begin = line.begin + indent;
    const std::size_t end = line.begin + std::max(line.text.find_last_not_of(" \t") + 1, indent);
    std::size_t above = number;
    Line before;
    while (above > 1 && before.text.find_first_not_of(" \t") == npos)
      before = cut(*file_, --above);
    const std::size_t indent_before = std::min(before.text.find_first_not_of(" \t"), before.text.size());
    const bool has_value = !before.value_text.empty();
    if (above < number && !before.key.empty() && has_value && indent > indent_before && !line.key.empty())
      return at_bytes(begin, end, fmt::format("indented below '{}', which has a value already", before.key),
                      "line it up with the key above, or remove that value");
    const std::string_view bare = line.text.substr(indent);
    const std::size_t colon = bare.find(':');
    if (line.key.empty() && !bare.starts_with('-') && colon != npos && colon > 0 && bare.find(' ') > colon)
      return at_bytes(begin + colon, begin + colon + 1, "a space is missing after ':'",
                      fmt::format("write {}: {}", bare.substr(0, colon), bare.substr(colon + 1)));
    if (line.key.empty() && !bare.starts_with("- ") && bare != "-" && colon == npos)
      return at_bytes(begin, end, "expected 'key: value' here",
                      "text that goes on over several lines is indented");
    if (above < number && before.key.empty() && !before.text.substr(indent_before).starts_with("-") &&
        before.text.find(": ") == npos && has_value && !before.value_text.ends_with(']') &&
        !before.value_text.ends_with('}')) {
      const std::size_t from = before.begin + indent_before;
      return at_bytes(from, before.begin + before.value + before.value_text.size(),
                      "expected 'key: value' here", missing_space_hint(before.text.substr(indent_before)));
    }
    if (above < number && (bare.starts_with("- ") || bare == "-") && indent <= indent_before)
      return at_bytes(begin, begin + 1, "a list item where a key is expected",
                      "indent the list below its key, or line it up with the other items");
    if (!indented_like_one_above(number, indent))
      return at_bytes(begin, end, "the indentation of this line matches no line above",
                      "line it up with the lines it belongs to");
    return at_bytes(
        begin, end, "this line does not fit the lines above it",
        "check its indentation, and quote text that holds any of : # { } [ ] , & * ! | > ' \" % @ `");
  }

  bool indented_like_one_above(std::size_t number, std::size_t indent) const {
    for (std::size_t n = number - 1; n >= 1; --n) {
      const std::string_view text = file_->line(n);
      if (text.find_first_not_of(' ') == indent) return true;
    }
    return false;
  }

  static std::string missing_space_hint(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == npos || colon == 0 || text.find(' ') < colon) return "a key is followed by ':' and a space";
    return fmt::format("write {}: {}", text.substr(0, colon), text.substr(colon + 1));
  }

  SourceFilePtr file_;
  const SyntaxFailure& failure_;
};

}  // namespace

std::string quoted_for_yaml(std::string_view text) {
  const bool simple = text.find('\'') == npos || text.find_first_of("\"\\") != npos;
  std::string out(1, simple ? '\'' : '"');
  for (const char c : text) {
    out += c;
    if (simple && c == '\'') out += c;
  }
  return out + out.front();
}

std::string quoted_value_hint(const SourceFile& file, std::size_t offset) {
  return corrected(cut(file, file.line_of(offset)));
}

Diagnostic explain_syntax_error(const SourceFilePtr& file, const SyntaxFailure& failure) {
  return Examination(file, failure).run();
}

}  // namespace hiveframe::config
