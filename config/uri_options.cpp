#include "config/uri_options.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "config/interpolation.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;

bool takes_list(const OptionInfo* option) {
  return option && (option->type.kind == Kind::list || option->type.kind == Kind::one_or_list);
}

// Same meaning as far as text goes: after `${…}`, and a list of one is that one. Nothing if a reference
// fails, which reading the option will report.
std::optional<std::vector<std::string>> canonical(const Node& node, const Environment& environment) {
  std::vector<std::string> result;
  if (node.is_scalar()) {
    Diagnostics unused;
    const std::optional<LocatedText> text = interpolate(node.text(), environment, unused);
    if (!text) return std::nullopt;
    return std::vector<std::string>{text->str()};
  }
  for (const Node& item : node.items()) {
    const auto inner = canonical(item, environment);
    if (!inner) return std::nullopt;
    result.insert(result.end(), inner->begin(), inner->end());
  }
  return result;
}

class Pieces {
 public:
  Pieces(const UriRule& rule, const TableInfo& table, Reader& reader, GivenOptions& given)
      : rule_(rule), table_(table), reader_(reader), given_(given) {
    for (std::size_t i = 0; i < given.options.size(); ++i)
      places_.emplace(given.options[i].name.view(), i);
  }

  void run(const Uri& uri) {
    if (!rule_.whole.empty()) {
      give(name_at(rule_.whole, uri.whole.span()), Node::scalar(uri.whole));
      return;
    }
    if (uri.form == Uri::Form::word) return;
    if (uri.form == Uri::Form::path) {
      give(name_at(rule_.path, uri.path.span()), Node::scalar(uri.path));
      return;
    }
    if (uri.user) rule_.user.empty() ? refuse(uri.user->span(), "user") : take(rule_.user, *uri.user);
    if (uri.password) {
      rule_.password.empty() ? refuse(uri.password->span(), "password") : take(rule_.password, *uri.password);
    }
    if (!uri.hosts.empty()) take_hosts(uri);
    take_path(uri);
    take_query(uri);
  }

 private:
  static LocatedText name_at(const std::string& name, const Span& place) {
    LocatedText text(place);
    text.append_replaced(name, place.begin, place.end);
    return text;
  }

  void refuse(const Span& place, std::string_view what, std::string hint = {}) {
    reader_.error(place, fmt::format("a URI of the {} takes no {}", table_.name, what), std::move(hint));
    given_.damaged = true;
  }

  // A scalar, or a list by comma if the option is one.
  std::optional<Node> value_of(const OptionInfo* option, const LocatedText& text) {
    std::vector<Node> items;
    const std::vector<LocatedText> parts =
        takes_list(option) ? split_outside_references(text, ',') : std::vector<LocatedText>{text};
    for (const LocatedText& part : parts) {
      std::optional<LocatedText> decoded = percent_decode(part, reader_.diagnostics());
      if (!decoded) {
        given_.damaged = true;
        return std::nullopt;
      }
      items.push_back(Node::scalar(std::move(*decoded)));
    }
    if (takes_list(option)) return Node::list(text.span(), std::move(items));
    return items.front();
  }

  void take(const std::string& option, const LocatedText& text) {
    const std::optional<Node> value = value_of(table_.find(option), text);
    if (value) give(name_at(option, text.span()), *value);
  }

  void take_hosts(const Uri& uri) {
    if (rule_.host.empty()) {
      refuse(uri.authority_hosts.span(), "host",
             rule_.path.empty()
                 ? std::string()
                 : fmt::format("write {}:///path, with three slashes, or the path alone", uri.scheme.view()));
      return;
    }
    if (rule_.port.empty()) {
      take(rule_.host, uri.authority_hosts);
      return;
    }
    if (uri.hosts.size() > 1) {
      refuse(uri.hosts[1].both.span(), "second host");
      return;
    }
    take(rule_.host, uri.hosts.front().name);
    if (!uri.hosts.front().port.empty()) take(rule_.port, uri.hosts.front().port);
  }

  void take_path(const Uri& uri) {
    // Of a URI with hosts the first slash only ends them.
    const std::size_t skip = rule_.host.empty() ? 0 : 1;
    if (uri.path.size() <= skip) return;
    if (rule_.path.empty()) {
      refuse(uri.path.span(), "path");
      return;
    }
    take(rule_.path, uri.path.part(skip));
  }

  void take_query(const Uri& uri) {
    std::set<std::string> seen;
    for (const Uri::Parameter& parameter : uri.query) {
      const std::optional<LocatedText> name = percent_decode(parameter.name, reader_.diagnostics());
      if (!name) {
        given_.damaged = true;
        continue;
      }
      if (!seen.insert(name->str()).second) {
        reader_.error(name->span(), fmt::format("repeated parameter {}", name->quoted()));
        given_.damaged = true;
        continue;
      }
      const OptionInfo* option = table_.find(name->view());
      const bool structured =
          option && (option->type.kind == Kind::map || option->type.kind == Kind::table ||
                     option->type.kind == Kind::connector || option->type.kind == Kind::any);
      if (structured) {
        reader_.error(name->span(), fmt::format("option {} cannot stand in a URI", name->quoted()),
                      fmt::format("write it as a key beside 'uri': it takes {}", option->type.describe()));
        given_.damaged = true;
        continue;
      }
      const std::optional<Node> value = value_of(option, parameter.value);
      if (value) give(*name, *value);
    }
  }

  void give(LocatedText name, Node value) {
    const auto [place, is_new] = places_.emplace(name.view(), given_.options.size());
    if (is_new) {
      given_.options.push_back({std::move(name), std::move(value)});
      return;
    }
    const GivenOptions::Given* known = &given_.options[place->second];
    const auto first = canonical(known->value, reader_.environment());
    const auto second = canonical(value, reader_.environment());
    if (!first || !second || *first == *second) return;
    const OptionInfo* option = table_.find(name.view());
    const bool secret = (option && option->is_secret) || value.text().secret();
    // Shown as written, so that no variable's value is.
    const std::string other = secret || !value.is_scalar() ? "another value" : value.text().quoted();
    reader_.error(known->value.span(),
                  fmt::format("option {} is given twice, with different values", name.quoted()),
                  fmt::format("the URI says {}; leave one of them out", other));
    given_.damaged = true;
  }

  const UriRule& rule_;
  const TableInfo& table_;
  Reader& reader_;
  GivenOptions& given_;
  std::map<std::string, std::size_t> places_;  // where in given_ each name stands
};

}  // namespace

void add_uri_options(const Uri& uri, const UriRule& rule, const TableInfo& table, Reader& reader,
                     GivenOptions& given) {
  Pieces(rule, table, reader, given).run(uri);
}

}  // namespace hiveframe::config
