#include "config/yaml_value_error.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "config/scalar_places.hpp"
#include "config/secrets_in_text.hpp"
#include "config/text.hpp"
#include "config/utf8.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;

class Examination {
 public:
  Examination(const SourceFilePtr& file, const SyntaxFailure& failure) : file_(file), failure_(failure) {}

  std::optional<Diagnostic> run(const YamlLine& line) const {
    const std::string_view value = line.value_text;
    if (value.empty()) return std::nullopt;
    const std::size_t at = line.begin + line.value;
    if (value.starts_with("{{") && takes_expression(line.key)) {
      return at_bytes(at, at + 2, "an expression stands here without '{{ }}'",
                      "write " + rewritten(line, without_braces(value)));
    }
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
        if (!line.key.empty() && value == "-") return lone_dash(line);
        if (!line.key.empty() && value.starts_with("- "))
          return at_bytes(
              at, at + 1, "a list begins on a line of its own",
              "put '- …' on the next line, or write " + corrected(line) + " if it is meant as text");
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

  Diagnostic unknown_alias() const {
    const std::string_view rest = std::string_view(file_->content()).substr(failure_.offset);
    const std::size_t end = std::min(rest.find_first_of(" \t\r\n,[]{}"), rest.size());
    const YamlLine line = cut_line(*file_, file_->line_of(failure_.offset));
    const bool is_value = failure_.offset == line.begin + line.value;
    const bool secret = stands_in_secret_value(line.text, failure_.offset - line.begin);
    return at_bytes(failure_.offset, failure_.offset + end,
                    fmt::format("{} refers to no anchor", secret ? "'*…'" : quote(rest.substr(0, end))),
                    is_value ? fmt::format("write {} if it is meant as text", corrected(line))
                             : "quote it if it is meant as text");
  }

 private:
  Diagnostic at_bytes(std::size_t begin, std::size_t end, std::string message, std::string hint) const {
    return {Span{file_, begin, end}, std::move(message), std::move(hint)};
  }

  Diagnostic must_quote(const YamlLine& line, std::size_t length, std::string_view what) const {
    const std::size_t at = line.begin + line.value;
    return at_bytes(at, at + length, fmt::format("a value that starts with '{}' must be quoted", what),
                    "write " + corrected(line));
  }

  // For a source and a sink it is a word: standard input and output.
  Diagnostic lone_dash(const YamlLine& line) const {
    const std::size_t at = line.begin + line.value;
    std::string hint = "write " + corrected(line);
    if (line.key == "source") hint += ", or source: stdin";
    if (line.key == "sink") hint += ", or sink: stdout";
    return at_bytes(at, at + 1, "'-' alone must be quoted", std::move(hint));
  }

  std::optional<Diagnostic> after_quote(const YamlLine& line) const {
    const std::string_view value = line.value_text;
    const std::size_t at = line.begin + line.value;
    const std::size_t end = end_of_quoted(value, 0);
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

  std::optional<Diagnostic> after_block_header(const YamlLine& line) const {
    const std::string_view value = line.value_text;
    const std::size_t end = std::min(value.find_first_not_of("|>+-0123456789"), value.size());
    if (end == value.size()) return std::nullopt;
    return must_quote(line, 1, value.substr(0, 1));
  }

  std::optional<Diagnostic> after_bracket(const YamlLine& line) const {
    const std::string_view value = line.value_text;
    const std::size_t at = line.begin + line.value;
    std::vector<char> open;
    std::vector<std::size_t> opened;  // where
    for (std::size_t i = 0; i < value.size(); ++i) {
      const char c = value[i];
      if (c == '"' || c == '\'') {
        const std::size_t close = value.find(c, i + 1);
        if (close == npos) return std::nullopt;
        i = close;
      } else if (c == '[' || c == '{') {
        open.push_back(c == '[' ? ']' : '}');
        opened.push_back(i);
      } else if (c == ']' || c == '}') {
        if (open.empty() || open.back() != c) {
          if (!open.empty()) {
            const std::size_t column = file_->position(at + opened.back()).column;
            return at_bytes(at + i, at + i + 1,
                            fmt::format("'{}' closes nothing: '{}' expected", c, open.back()),
                            fmt::format("close the '{}' of column {} first", value[opened.back()], column));
          }
          return at_bytes(at + i, at + i + 1, fmt::format("'{}' closes nothing: nothing to close", c),
                          "write " + corrected(line) + " if it is meant as text");
        }
        open.pop_back();
        opened.pop_back();
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

  const SourceFilePtr& file_;
  const SyntaxFailure& failure_;
};

}  // namespace

std::optional<Diagnostic> explain_value(const SourceFilePtr& file, const SyntaxFailure& failure,
                                        const YamlLine& line) {
  return Examination(file, failure).run(line);
}

Diagnostic explain_unknown_alias(const SourceFilePtr& file, const SyntaxFailure& failure) {
  return Examination(file, failure).unknown_alias();
}

}  // namespace hiveframe::config
