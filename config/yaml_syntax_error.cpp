#include "config/yaml_syntax_error.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <optional>

#include "config/scalar_places.hpp"
#include "config/secrets_in_text.hpp"
#include "config/yaml_line.hpp"
#include "config/yaml_value_error.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;

class Examination {
 public:
  Examination(const SourceFilePtr& file, const SyntaxFailure& failure) : file_(file), failure_(failure) {}

  Diagnostic run() {
    const std::size_t number = file_->line_of(failure_.offset);
    const std::string& source = file_->content();
    const char found_at = failure_.offset < source.size() ? source[failure_.offset] : '\n';
    if (found_at == '*') return explain_unknown_alias(file_, failure_);
    // yaml-cpp often notices on the line after.
    for (std::size_t back = 0; back < 2 && back < number; ++back) {
      const YamlLine line = cut_line(*file_, number - back);
      if (auto found = tab(line)) return *found;
      if (auto found = explain_value(file_, failure_, line)) return *found;
    }
    if (auto found = open_quote(number)) return *found;
    if (auto found = bare_reference()) return *found;
    if (!failure_.open_brackets.empty()) {
      const std::size_t at = failure_.open_brackets.back();
      const char open = file_->content()[at];
      const char* close = open == '[' ? "]" : "}";
      if (const std::string path = path_with_brackets(at); !path.empty())
        return at_bytes(at, at + 1, fmt::format("in brackets a text with brackets must be quoted: {}", path),
                        fmt::format("write {}", quoted_for_yaml(path)));
      return at_bytes(at, at + 1, fmt::format("'{}' is not closed", open),
                      fmt::format("add '{}', or quote the value if '{}' belongs to the text", close, open));
    }
    for (std::size_t back = 0; back < 2 && back < number; ++back)
      if (auto found = stray_colon(cut_line(*file_, number - back))) return *found;
    if (found_at == ']' || found_at == '}')
      return at_bytes(failure_.offset, failure_.offset + 1, fmt::format("'{}' closes nothing", found_at),
                      "remove it, or quote the value if it belongs to the text");
    return structure(number);
  }

 private:
  Diagnostic at_bytes(std::size_t begin, std::size_t end, std::string message, std::string hint) const {
    return {Span{file_, begin, end}, std::move(message), std::move(hint)};
  }

  std::optional<Diagnostic> tab(const YamlLine& line) const {
    const std::size_t end = std::min(line.text.find_first_not_of(" \t"), line.text.size());
    const std::size_t tab = line.text.substr(0, end).find('\t');
    if (tab == npos || end == line.text.size()) return std::nullopt;
    return at_bytes(line.begin + tab, line.begin + tab + 1, "a tab in the indentation",
                    "YAML is indented with spaces");
  }

  // A quote that was opened on a line above and not closed there: the most likely culprit of anything after
  // it.
  std::optional<Diagnostic> open_quote(std::size_t number) const {
    for (std::size_t n = number;; --n) {
      const YamlLine line = cut_line(*file_, n);
      const bool quoted =
          !line.value_text.empty() && (line.value_text.front() == '"' || line.value_text.front() == '\'');
      if (quoted && end_of_quoted(line.text, line.value) == npos) {
        const std::size_t at = line.begin + line.value;
        return at_bytes(at, at + 1, "this quote is not closed on its line",
                        fmt::format("add a closing {} where the text ends", line.value_text.front()));
      }
      if (n == 1 || number - n >= 50) return std::nullopt;
    }
  }

  // `{count: ${N}}`: in brackets the braces of a reference are YAML's own.
  std::optional<Diagnostic> bare_reference() const {
    if (failure_.open_brackets.empty()) return std::nullopt;
    const std::string_view source = file_->content();
    const std::size_t begin = failure_.open_brackets.front();
    const std::size_t end = std::min(source.find('\n', failure_.offset), source.size());
    constexpr std::string_view ends = ",[]{}\r\n";
    std::size_t value = begin;  // where the last value begins
    for (std::size_t at = begin; at < end; ++at) {
      const char c = source[at];
      if (c == '$' && source.substr(at, 2) == "${") {
        const std::size_t close = std::min(source.substr(0, end).find('}', at), end - 1) + 1;
        const std::size_t stop = std::min(source.substr(0, end).find_first_of(ends, close), end);
        const std::string_view text = source.substr(value, stop - value);
        const bool plain = text.find_first_of("\"\\") == npos;
        return at_bytes(at, close, "'${…}' inside of brackets must be quoted",
                        "write " + (plain ? fmt::format("\"{}\"", text) : quoted_for_yaml(text)));
      }
      const bool starts = value == at;
      if (starts && (c == '"' || c == '\'')) {
        at = end_of_quoted(source.substr(0, end), at);
        if (at == npos) return std::nullopt;
        --at;
      } else if (ends.find(c) != npos || (c == ' ' && (starts || source[at - 1] == ':'))) {
        value = at + 1;
      }
    }
    return std::nullopt;
  }

  std::optional<Diagnostic> stray_colon(const YamlLine& line) const {
    if (line.key.empty() || line.value_text.empty()) return std::nullopt;
    const std::size_t colon = find_key_colon(line.value_text, 0);
    if (colon == npos) return std::nullopt;
    const std::size_t at = line.begin + line.value + colon;
    const std::string_view before = line.value_text.substr(0, colon);
    const std::string_view word = before.substr(std::min(before.find_last_of(' ') + 1, before.size()));
    std::string hint = "quote the value: " + corrected(line);
    const bool is_key = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_';
    });
    if (word.size() < before.size() && is_key)
      hint += fmt::format("; or put '{}:' on a line of its own", word);
    return at_bytes(at, at + 1, "': ' inside a value", std::move(hint));
  }

  // `items[0]` or `a['x.y']` in the list or map that begins there, which YAML ends at its bracket.
  std::string path_with_brackets(std::size_t at) const {
    const std::string_view source = file_->content();
    const std::string_view rest = source.substr(at + 1, source.find('\n', at) - at - 1);
    const auto is_letter = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == ']'; };
    for (std::size_t bracket = rest.find('['); bracket != npos; bracket = rest.find('[', bracket + 1)) {
      if (bracket == 0 || !is_letter(static_cast<unsigned char>(rest[bracket - 1]))) continue;
      const std::size_t begin = rest.find_last_of(" ,[{", bracket - 1) + 1;
      const std::size_t end = rest.find_first_of(",]}:", bracket);
      const std::size_t close = rest.find(']', bracket);
      if (close == npos || end != close) return {};
      return std::string(rest.substr(begin, close + 1 - begin));
    }
    return {};
  }

  Diagnostic structure(std::size_t number) const {
    YamlLine line = cut_line(*file_, number);
    while (line.text.find_first_not_of(" \t") == npos && number > 1)
      line = cut_line(*file_, --number);
    const std::size_t indent = std::min(line.text.find_first_not_of(" \t"), line.text.size());
    const std::size_t begin = line.begin + indent;
    const std::size_t end = line.begin + std::max(line.text.find_last_not_of(" \t") + 1, indent);
    std::size_t above = number;
    YamlLine before;
    while (above > 1 && before.text.find_first_not_of(" \t") == npos)
      before = cut_line(*file_, --above);
    const std::size_t indent_before = std::min(before.text.find_first_not_of(" \t"), before.text.size());
    const bool has_value = !before.value_text.empty();
    if (above < number && !before.key.empty() && has_value && indent > indent_before && !line.key.empty())
      return at_bytes(begin, end, fmt::format("indented below '{}', which has a value already", before.key),
                      "line it up with the key above, or remove that value");
    const std::string_view bare = line.text.substr(indent);
    const std::size_t colon = bare.find(':');
    if (line.key.empty() && !bare.starts_with('-') && colon != npos && colon > 0 && bare.find(' ') > colon)
      return at_bytes(begin + colon, begin + colon + 1, "a space is missing after ':'",
                      missing_space_hint(bare));
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
    const std::string_view key = text.substr(0, colon);
    const std::string_view value = text.substr(colon + 1);
    // `scheme://…` without a key in front of it is no key.
    if (value.starts_with("//")) return "write it behind a key, as in sink: " + value_without_secrets(text);
    return fmt::format("write {}: {}", key, sounds_secret(key) ? "…" : value);
  }

  SourceFilePtr file_;
  const SyntaxFailure& failure_;
};

}  // namespace

Diagnostic explain_syntax_error(const SourceFilePtr& file, const SyntaxFailure& failure) {
  return Examination(file, failure).run();
}

}  // namespace hiveframe::config
