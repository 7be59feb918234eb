#include "config/connector_options.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "config/did_you_mean.hpp"
#include "config/interpolation.hpp"
#include "config/mistaken_uri.hpp"
#include "config/secrets_in_text.hpp"
#include "config/uri.hpp"
#include "config/uri_options.hpp"

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
    conceal_by_name();
    result_.given.others.assign(common_.begin(), common_.end());
    const Node* uri = &node_;
    const Node* type = nullptr;
    if (node_.is_map()) {
      uri = node_.find("uri");
      type = node_.find("type");
      if (!uri && !type) {
        const std::vector<std::string> fitting = keywords_that_fit();
        reader_.error(node_.span(), fmt::format("the {} needs 'uri' or 'type'", role_),
                      fitting.size() == 1 ? fmt::format("add type: {}", fitting.front())
                                          : fmt::format("type is one of: {}", fmt::join(keywords(), ", ")));
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
    check_plain_path();
    return std::move(result_);
  }

 private:
  // Whichever connector it is meant for, and also if it is never found.
  void conceal_by_name() {
    for (const Entry& entry : node_.entries()) {
      if (!sounds_secret(entry.key.view()) || is_mere_reference(entry.value.text().view())) continue;
      const bool known = std::any_of(kinds_.begin(), kinds_.end(), [&](const TableInfo* kind) {
        const OptionInfo* option = kind->find(entry.key.view());
        return option && !option->is_secret;
      });
      if (!known) reader_.diagnostics().conceal(entry.value.span());
    }
  }

  // `~/orders` and `$HOME/orders`: a shell would replace what here would be the name of a folder.
  void check_plain_path() {
    for (const UriRule& rule : result_.table->uri_rules) {
      const GivenOptions::Given* given = rule.plain_paths ? result_.given.find(rule.path) : nullptr;
      if (!given || !given->value.is_scalar() || given->value.text().secret()) continue;
      const LocatedText& path = given->value.text();
      const std::string_view first = path.view().substr(0, path.view().find('/'));
      const std::string_view variable = first.substr(first.starts_with('$') ? 1 : 0);
      const bool is_variable = variable.size() < first.size() && is_name(variable);
      const bool is_home = first.starts_with('~') && (first.size() == 1 || is_name(first.substr(1)));
      if (!is_variable && !is_home) continue;
      const std::string rest = path.size() > first.size() ? "/…" : "";
      // Whose home that is, is not in the environment.
      const std::string meant = first.size() > 1 && is_home
                                    ? "the whole path"
                                    : fmt::format("${{{}}}{}", is_variable ? variable : "HOME", rest);
      reader_.error(path.span(0, first.size()), fmt::format("'{}' is not replaced in a path", first),
                    fmt::format("write {}; a folder of that name is ./{}{}", meant, first, rest));
      result_.given.damaged = true;
    }
  }

  static bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  }

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

  // Of the connectors that know every key that is given.
  std::vector<std::string> keywords_that_fit() const {
    std::vector<std::string> result;
    for (const TableInfo* kind : kinds_) {
      const std::vector<Entry>& entries = node_.entries();
      const bool fits = std::all_of(entries.begin(), entries.end(), [&](const Entry& entry) {
        return contains(common_, entry.key.view()) || kind->find(entry.key.view()) != nullptr;
      });
      if (fits) result.push_back(kind->keyword);
    }
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
    if (!text.empty() && text.view().find_first_not_of(" \t") == std::string_view::npos) {
      reader_.error(text.span(), fmt::format("expected {}, found only spaces", wanted.describe()));
      return std::nullopt;
    }
    for (const auto& [begin, end] : find_secrets_in_uri(text.view()))
      if (!is_mere_reference(text.view().substr(begin, end - begin)))
        reader_.diagnostics().conceal(text.span(begin, end));
    const std::vector<Reference> references = find_references(text.view());
    const bool only_reference =
        references.size() == 1 && references[0].begin == 0 && references[0].end == text.size();
    if (only_reference) {
      const std::optional<LocatedText> settled =
          interpolate(text, reader_.environment(), reader_.diagnostics());
      if (!settled) return std::nullopt;
      text = escaped(*settled);
    }
    result_.display = text.secret() ? "***" : to_display(text.view());
    std::optional<Uri> split = split_uri(text, words_, reader_.diagnostics());
    // A whole URI may be a secret, but a file's path holds none and is shown.
    if (split && text.secret() && (split->form != Uri::Form::uri || !may_hold_secret(split->scheme.view()))) {
      reader_.refuse_secret(text.span());
      return std::nullopt;
    }
    return split;
  }

  // Whether a URI of the scheme can give an option that is a secret, or is an option as a whole. Of an
  // unknown scheme it may.
  bool may_hold_secret(std::string_view scheme) const {
    for (const TableInfo* kind : kinds_)
      for (const UriRule& rule : kind->uri_rules)
        if (contains(rule.schemes, scheme))
          return !rule.whole.empty() ||
                 std::any_of(kind->options.begin(), kind->options.end(),
                             [](const OptionInfo& option) { return option.is_secret; });
    return true;
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
      if (uri.form == Uri::Form::path && report_mistaken_path(uri, role_, kinds_, reader_)) return false;
      result_.table = kind;
      return true;
    }
    if (report_word_with_options(uri, kinds_, reader_)) return false;
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
