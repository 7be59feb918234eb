#include "config/given_options.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/did_you_mean.hpp"
#include "config/interpolation.hpp"
#include "config/secrets_in_text.hpp"
#include "config/yaml_line.hpp"

namespace hiveframe::config {

namespace {

// What `total = x` means, as a map; empty if it means nothing.
std::string assignment_as_map(std::string_view text) {
  const auto trimmed = [](std::string_view part) {
    const std::size_t begin = std::min(part.find_first_not_of(' '), part.size());
    return part.substr(begin, part.find_last_not_of(' ') + 1 - begin);
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {};
  const std::string_view key = trimmed(text.substr(0, equals));
  const std::string_view value = trimmed(text.substr(equals + 1));
  if (key.empty() || value.empty() || value.front() == '=' ||
      key.find_first_of(" !<>") != std::string_view::npos)
    return {};
  return fmt::format("{}: {}", key, needs_quotes(value) ? quoted_for_yaml(value) : std::string(value));
}

// How to write the map that is wanted.
std::string hint_for_map(const Node& node, const TableInfo& table) {
  if (node.is_list()) return "it is one map: leave out the '- ' or the brackets";
  const std::string meant = assignment_as_map(node.text().view());
  if (meant.empty())
    return fmt::format("write 'key: value' on lines of their own below '{}:'", table.keyword);
  return fmt::format("write {}: {{{}}}", table.keyword, meant);
}

void report_no_options(const Node& node, const TableInfo& table, Reader& reader) {
  TypeInfo wanted = TypeInfo::of(TypeInfo::Kind::table);
  if (!table.compact.empty()) wanted = table.find(table.compact)->type;
  if (table.free_keys)
    wanted.wanted = fmt::format("a map ({}: {})", table.free_keys_name, table.free_keys->describe());
  if (!table.free_keys || node.is_null()) return reader.wrong_type(node, wanted);
  reader.error(node.span(), fmt::format("expected {}, found {}", wanted.wanted, node.describe()),
               hint_for_map(node, table));
}

}  // namespace

const GivenOptions::Given* GivenOptions::find(std::string_view name) const {
  for (const Given& each : options)
    if (each.name.view() == name) return &each;
  return nullptr;
}

Span GivenOptions::span(std::string_view name) const {
  const Given* given = find(name);
  return given ? given->value.span() : whole;
}

Span GivenOptions::name_span(std::string_view name) const {
  const Given* given = find(name);
  return given ? given->name.span() : whole;
}

GivenOptions given_by(const Node& node, const TableInfo& table, Reader& reader) {
  GivenOptions given;
  given.whole = node.span();
  if (node.is_map()) {
    for (const Entry& entry : node.entries())
      given.options.push_back({entry.key, entry.value});
  } else if (!table.compact.empty() && !node.is_null()) {
    given.options.push_back({LocatedText(table.compact), node});
  } else {
    report_no_options(node, table, reader);
    given.damaged = true;
  }
  return given;
}

std::vector<std::string> check_names(const GivenOptions& given, const TableInfo& table, Reader& reader) {
  bool all_known = !given.damaged;
  std::vector<std::string> meant_names;
  for (const GivenOptions::Given& each : given.options) {
    const OptionInfo* option = table.find(each.name.view());
    if (option) continue;
    if (!table.free_keys) {
      std::vector<std::string> names = table.option_names();
      names.insert(names.end(), given.others.begin(), given.others.end());
      // `pasword: hunter2` is a slip, and still not to be shown.
      const OptionInfo* meant = table.find(nearest(each.name.view(), names));
      const bool secret = (meant && meant->is_secret) || sounds_secret(each.name.view());
      if (secret && !is_mere_reference(each.value.text().view()))
        reader.diagnostics().conceal(each.value.span());
      if (meant) meant_names.push_back(meant->name);
      reader.error(each.name.span(),
                   fmt::format("unknown option {} of the {}", each.name.quoted(), table.name),
                   did_you_mean(each.name.view(), names));
      all_known = false;
    } else if (!find_references(each.name.view()).empty()) {
      reader.error(each.name.span(), "'${…}' in a key is not replaced", "write the name itself");
      all_known = false;
    }
  }
  std::vector<std::string> unsettled;
  for (const OptionInfo& option : table.options) {
    if (given.has(option.name) || (all_known && !option.is_required)) continue;
    unsettled.push_back(option.name);
    // It is there and misspelled, which was said.
    if (!option.is_required || given.damaged ||
        std::find(meant_names.begin(), meant_names.end(), option.name) != meant_names.end())
      continue;
    reader.error(given.whole, fmt::format("the {} needs the option '{}'", table.name, option.name),
                 option.example_text.empty()
                     ? std::string()
                     : fmt::format("for example {}: {}", option.name, option.example_text));
  }
  return unsettled;
}

}  // namespace hiveframe::config
