#include "config/connector_options.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/did_you_mean.hpp"
#include "config/interpolation.hpp"
#include "config/uri.hpp"
#include "config/uri_options.hpp"
#include "config/uri_passwords.hpp"

namespace hiveframe::config {
namespace {

bool contains(std::span<const std::string> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Choice {
 public:
  Choice(const Node& node, std::string_view role, std::span<const TableInfo* const> kinds,
         std::span<const std::string> common, Reader& reader)
      : node_(node), role_(role), kinds_(kinds), common_(common), reader_(reader) {
    for (const TableInfo* kind : kinds)
      for (const UriRule& rule : kind->uri_rules) {
        schemes_.insert(schemes_.end(), rule.schemes.begin(), rule.schemes.end());
        words_.insert(words_.end(), rule.words.begin(), rule.words.end());
      }
  }

  std::optional<ConnectorOptions> run() {
    result_.given.whole = node_.span();
    result_.given.others.assign(common_.begin(), common_.end());
    const Node* uri = &node_;
    const Node* type = nullptr;
    if (node_.is_map()) {
      uri = node_.find("uri");
      type = node_.find("type");
      if (!uri && !type) {
        reader_.error(node_.span(), fmt::format("the {} needs 'uri' or 'type'", role_),
                      fmt::format("type is one of: {}", fmt::join(keywords(), ", ")));
        return std::nullopt;
      }
    } else if (!node_.is_scalar()) {
      reader_.wrong_type(node_, TypeInfo::connector_of(std::string(role_)));
      return std::nullopt;
    }
    if (type && !choose_by_type(*type)) return std::nullopt;
    std::optional<Uri> split;
    if (uri) {
      split = read_uri(*uri);
      if (!split || !choose_by_uri(*split, type)) return std::nullopt;
    } else {
      result_.display = result_.table->keyword;
    }
    for (const Entry& entry : node_.entries()) {
      const std::string_view key = entry.key.view();
      if (key != "uri" && key != "type" && !contains(common_, key))
        result_.given.options.push_back({entry.key, entry.value});
    }
    if (!uri) add_what_tells_it_apart();
    if (split) add_uri_options(*split, *rule_, *result_.table, reader_, result_.given);
    return std::move(result_);
  }

 private:
  // `file /srv/out`: several connectors of one type are told apart by what each of them must be given.
  void add_what_tells_it_apart() {
    for (const OptionInfo& option : result_.table->options) {
      if (!option.is_required || option.is_secret) continue;
      const GivenOptions::Given* given = result_.given.find(option.name);
      if (given && given->value.is_scalar() && !given->value.text().secret())
        result_.display += " " + to_display(given->value.text().view());
    }
  }

  std::vector<std::string> keywords() const {
    std::vector<std::string> result;
    for (const TableInfo* kind : kinds_)
      result.push_back(kind->keyword);
    return result;
  }

  bool choose_by_type(const Node& type) {
    const std::vector<std::string> known = keywords();
    const std::optional<LocatedText> text = reader_.text(type, TypeInfo::words(known));
    if (!text) return false;
    for (const TableInfo* kind : kinds_)
      if (kind->keyword == text->view()) result_.table = kind;
    if (!result_.table)
      reader_.error(text->span(), fmt::format("unknown {} {}", role_, text->quoted()),
                    did_you_mean(text->view(), known));
    return result_.table != nullptr;
  }

  std::optional<Uri> read_uri(const Node& uri) {
    const TypeInfo wanted = TypeInfo::text_like("a URI or a path");
    if (!uri.is_scalar()) {
      reader_.wrong_type(uri, wanted);
      return std::nullopt;
    }
    LocatedText text = uri.text();
    const std::vector<Reference> references = find_references(text.view());
    const bool only_reference =
        references.size() == 1 && references[0].begin == 0 && references[0].end == text.size();
    if (only_reference) {
      const std::optional<LocatedText> settled = reader_.text(uri, wanted);
      if (!settled) return std::nullopt;
      text = escaped(*settled);
    }
    result_.display = text.secret() ? "***" : to_display(text.view());
    return split_uri(text, words_, reader_.diagnostics());
  }

  // What a variable held is not looked at for references again.
  static LocatedText escaped(const LocatedText& text) {
    LocatedText result(text.span());
    std::size_t done = 0;
    for (std::size_t at = 0; (at = text.view().find("${", at)) != std::string_view::npos; at += 2) {
      result.append(text, done, at - done);
      result.append(text, at, 1);
      done = at;
    }
    result.append(text, done, text.size());
    if (text.secret()) result.mark_secret();
    return result;
  }

  const UriRule* matching_rule(const TableInfo& kind, const Uri& uri) const {
    for (const UriRule& rule : kind.uri_rules) {
      if (uri.form == Uri::Form::uri && contains(rule.schemes, uri.scheme.view())) return &rule;
      if (uri.form == Uri::Form::word && contains(rule.words, uri.whole.view())) return &rule;
      if (uri.form == Uri::Form::path && rule.plain_paths) return &rule;
    }
    return nullptr;
  }

  bool choose_by_uri(const Uri& uri, const Node* type) {
    if (result_.table) {
      rule_ = matching_rule(*result_.table, uri);
      if (rule_) return true;
      const bool has_scheme = uri.form == Uri::Form::uri;
      reader_.error(has_scheme ? uri.scheme.span() : uri.whole.span(),
                    fmt::format("{}{} does not name a {}", has_scheme ? "the scheme " : "",
                                (has_scheme ? uri.scheme : uri.whole).quoted(), result_.table->name),
                    fmt::format("'type' says {} on line {}; leave one of the two out", type->text().quoted(),
                                type->span().position().line));
      return false;
    }
    for (const TableInfo* kind : kinds_) {
      rule_ = matching_rule(*kind, uri);
      if (!rule_) continue;
      if (uri.form == Uri::Form::path && (looks_like_scheme(uri) || looks_like_word(uri))) return false;
      result_.table = kind;
      return true;
    }
    if (uri.form == Uri::Form::uri) {
      reader_.error(uri.scheme.span(), fmt::format("no {} has the scheme {}", role_, uri.scheme.quoted()),
                    did_you_mean(uri.scheme.view(), schemes_));
    } else {
      std::vector<std::string> known = words_;
      for (const std::string& scheme : schemes_)
        known.push_back(scheme + "://");
      reader_.error(uri.whole.span(), fmt::format("{} names no {}", uri.whole.quoted(), role_),
                    did_you_mean(uri.whole.view(), known));
    }
    return false;
  }

  // `kafka:broker/topic` would be taken for a file otherwise.
  bool looks_like_scheme(const Uri& uri) {
    const std::string_view text = uri.whole.view();
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !contains(schemes_, text.substr(0, colon))) return false;
    reader_.error(uri.whole.span(0, colon + 1),
                  fmt::format("'//' is missing after '{}:'", text.substr(0, colon)),
                  fmt::format("write {0}://…; a file of that name is ./{0}:…", text.substr(0, colon)));
    return true;
  }

  // `stdn` would be taken for a file otherwise.
  bool looks_like_word(const Uri& uri) {
    const std::string_view text = uri.whole.view();
    if (text.find_first_of("/.") != std::string_view::npos) return false;
    const std::string meant = nearest(text, words_);
    if (meant.empty()) return false;
    reader_.error(uri.whole.span(), fmt::format("{} names no {}", uri.whole.quoted(), role_),
                  fmt::format("did you mean '{}'? A file of that name is ./{}", meant, text));
    return true;
  }

  const Node& node_;
  std::string_view role_;
  std::span<const TableInfo* const> kinds_;
  std::span<const std::string> common_;
  Reader& reader_;
  std::vector<std::string> schemes_;
  std::vector<std::string> words_;
  const UriRule* rule_ = nullptr;
  ConnectorOptions result_;
};

}  // namespace

std::optional<ConnectorOptions> connector_options(const Node& node, std::string_view role,
                                                  std::span<const TableInfo* const> kinds,
                                                  std::span<const std::string> common, Reader& reader) {
  return Choice(node, role, kinds, common, reader).run();
}

}  // namespace hiveframe::config
