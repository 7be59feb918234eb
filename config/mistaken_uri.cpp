#include "config/mistaken_uri.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "config/did_you_mean.hpp"
#include "config/secrets_in_text.hpp"
#include "config/yaml_line.hpp"

namespace hiveframe::config {
namespace {

using Kinds = std::span<const TableInfo* const>;
constexpr std::size_t npos = std::string_view::npos;

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const UriRule* rule_of_scheme(std::string_view scheme, Kinds kinds) {
  for (const TableInfo* kind : kinds)
    for (const UriRule& rule : kind->uri_rules)
      if (contains(rule.schemes, scheme)) return &rule;
  return nullptr;
}

const TableInfo* kind_of_word(std::string_view word, Kinds kinds) {
  for (const TableInfo* kind : kinds)
    for (const UriRule& rule : kind->uri_rules)
      if (contains(rule.words, word)) return kind;
  return nullptr;
}

bool report_lone_scheme(const Uri& uri, Kinds kinds, Reader& reader) {
  const std::string_view text = uri.whole.view();
  const std::size_t colon = text.find(':');
  if (colon == npos) return false;
  const std::string_view scheme = text.substr(0, colon);
  const UriRule* rule = rule_of_scheme(scheme, kinds);
  if (!rule) return false;
  const std::string_view rest = text.substr(colon + 1);
  std::string message = fmt::format("'//' is missing after '{}:'", scheme);
  std::string hint = fmt::format("write {0}://…; a file of that name is ./{0}:…", scheme);
  if (rule->host.empty()) {
    const std::size_t question = rest.find('?');
    if (rest.starts_with('/')) {
      hint = fmt::format("write {}://{}", scheme, to_display(rest));
    } else {
      message = fmt::format("'{}:' needs '//' and an absolute path", scheme);
      hint = question == npos ? fmt::format("write the path alone: {}", to_display(rest))
                              : fmt::format("write the path alone, and the options as keys: {{uri: {}, …}}",
                                            to_display(rest.substr(0, question)));
    }
  }
  reader.error(uri.whole.span(0, colon + 1), std::move(message), std::move(hint));
  return true;
}

bool report_near_word(const Uri& uri, std::string_view role, Kinds kinds, Reader& reader) {
  const std::string_view text = uri.whole.view();
  if (text.find_first_of("/.") != npos) return false;
  std::vector<std::string> words;
  for (const TableInfo* kind : kinds)
    for (const UriRule& rule : kind->uri_rules)
      words.insert(words.end(), rule.words.begin(), rule.words.end());
  const std::string meant = nearest(text, words);
  if (meant.empty()) return false;
  reader.error(uri.whole.span(), fmt::format("{} names no {}", uri.whole.quoted(), role),
               fmt::format("did you mean '{}'? A file of that name is ./{}", meant, text));
  return true;
}

std::string shown_value(std::string_view name, std::string_view value) {
  constexpr std::size_t longest = 40;
  if (sounds_secret(name) || value.size() > longest) return "…";
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/';
  });
  return plain ? std::string(value) : quoted_for_yaml(value);
}

// `count=5&rate=2` as `{type: generate, count: 5, rate: 2}`.
std::string as_map(const TableInfo& kind, std::string_view query) {
  constexpr std::size_t longest = 80;
  std::string map = "{type: " + kind.keyword;
  while (!query.empty() && map.size() < longest) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view name = parameter.substr(0, equals);
    if (!kind.find(name)) continue;
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    map += fmt::format(", {}: {}", name, shown_value(name, value));
  }
  return map + (query.empty() ? "}" : ", …}");
}

}  // namespace

bool report_mistaken_path(const Uri& uri, std::string_view role, Kinds kinds, Reader& reader) {
  return report_lone_scheme(uri, kinds, reader) || report_word_with_options(uri, kinds, reader) ||
         report_near_word(uri, role, kinds, reader);
}

bool report_word_with_options(const Uri& uri, Kinds kinds, Reader& reader) {
  const std::string_view text = uri.whole.view();
  const std::size_t end = std::min(text.find("://"), text.find('?'));
  if (end == npos) return false;
  const std::string_view word = text.substr(0, end);
  const TableInfo* kind = kind_of_word(word, kinds);
  if (!kind) return false;
  const std::size_t query = std::min(text.find('?'), text.size() - 1) + 1;
  if (query == text.size()) {
    reader.error(uri.whole.span(0, text.size()),
                 fmt::format("{} stands alone, without anything behind it", quote(word)),
                 fmt::format("write {}", word));
    return true;
  }
  std::string hint = "write " + as_map(*kind, text.substr(query));
  if (text[end] == '?') hint += fmt::format("; a file of that name is ./{}?…", word);
  reader.error(uri.whole.span(0, text.size()),
               fmt::format("{} takes its options as keys of a map, not behind a '?'", quote(word)),
               std::move(hint));
  return true;
}

}  // namespace hiveframe::config
