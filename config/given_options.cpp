#include "config/given_options.hpp"

#include <fmt/format.h>

#include "config/did_you_mean.hpp"
#include "config/interpolation.hpp"

namespace hiveframe::config {

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
    TypeInfo wanted = TypeInfo::of(TypeInfo::Kind::table);
    if (!table.compact.empty()) wanted = table.find(table.compact)->type;
    reader.wrong_type(node, wanted);
    given.damaged = true;
  }
  return given;
}

bool check_names(const GivenOptions& given, const TableInfo& table, Reader& reader) {
  bool sound = true;
  for (const GivenOptions::Given& each : given.options) {
    const OptionInfo* option = table.find(each.name.view());
    if (option) continue;
    if (!table.free_keys) {
      std::vector<std::string> names = table.option_names();
      names.insert(names.end(), given.others.begin(), given.others.end());
      // `pasword: hunter2` is a slip, and still not to be shown.
      const OptionInfo* meant = table.find(nearest(each.name.view(), names));
      if (meant && meant->is_secret) reader.diagnostics().conceal(each.value.span());
      reader.error(each.name.span(),
                   fmt::format("unknown option {} of the {}", each.name.quoted(), table.name),
                   did_you_mean(each.name.view(), names));
      sound = false;
    } else if (!find_references(each.name.view()).empty()) {
      reader.error(each.name.span(), "'${…}' in a key is not replaced", "write the name itself");
      sound = false;
    }
  }
  if (given.damaged) return false;
  for (const OptionInfo& option : table.options) {
    if (!option.is_required || given.has(option.name)) continue;
    reader.error(given.whole, fmt::format("the {} needs the option '{}'", table.name, option.name),
                 option.example_text.empty()
                     ? std::string()
                     : fmt::format("for example {}: {}", option.name, option.example_text));
    sound = false;
  }
  return sound;
}

}  // namespace hiveframe::config
