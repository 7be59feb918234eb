#include "pipeline/transform/registry.hpp"

#include <algorithm>
#include <string>

#include "config/did_you_mean.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

// A step from `name: settings`, one entry of one item.
std::optional<Step> read_step(const config::Entry& entry, config::Reader& reader) {
  const TransformKind* kind = find_transform(entry.key.view());
  if (kind == nullptr) {
    std::vector<std::string> names;
    for (const TransformKind& each : transforms())
      names.push_back(each.table->keyword);
    reader.error(entry.key.span(), "unknown transform " + entry.key.quoted(),
                 config::did_you_mean(entry.key.view(), names));
    return std::nullopt;
  }
  std::unique_ptr<const pipeline::Transform> transform = kind->make(entry.value, reader);
  if (!transform) return std::nullopt;
  return Step{kind->table->keyword, std::move(transform)};
}

}  // namespace

std::span<const TransformKind> transforms() {
  static const std::vector<TransformKind> kinds{filter(),  set(),    default_value(), cast(),    keep(),
                                                drop(),    rename(), format(),        parse(),   flatten(),
                                                explode(), mask(),   sample(),        throttle()};
  return kinds;
}

const TransformKind* find_transform(std::string_view name) {
  for (const TransformKind& each : transforms()) {
    if (each.table->keyword == name) return &each;
  }
  return nullptr;
}

std::string describe(std::span<const Example> examples) {
  std::string text;
  for (const Example& each : examples) {
    if (!text.empty()) text += "\n";
    text.append(each.yaml).append("\n# ").append(each.record);
    if (each.result.empty()) text += "\n#   is dropped";
    std::string_view rest = each.result;
    for (const char* word = "becomes "; !rest.empty(); word = "    and ") {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      text.append("\n#   ").append(word).append(line);
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    text += "\n";
  }
  return text;
}

std::optional<std::vector<Step>> read_transforms(const config::Node& list, config::Reader& reader) {
  if (!list.is_list()) {
    reader.error(list.span(), "'transforms' is a list, not " + list.describe(),
                 "begin each transform with '- ', as in '- filter: record.total > 0'");
    return std::nullopt;
  }
  std::vector<Step> steps;
  bool sound = true;
  for (const config::Node& item : list.items()) {
    if (!item.is_map() || item.entries().size() != 1) {
      const char* hint = "begin each with '- ', as in '- filter: record.total > 0'";
      if (item.is_scalar())
        hint = "a colon and a space stand between them, as in '- filter: record.total > 0'";
      const config::Entry* first =
          item.is_map() && !item.entries().empty() ? &item.entries().front() : nullptr;
      if (first != nullptr && first->value.is_null() && find_transform(first->key.view()) != nullptr &&
          find_transform(item.entries()[1].key.view()) == nullptr) {
        const config::LocatedText& second = item.entries()[1].key;
        reader.error(second.span(), second.quoted() + " is no transform",
                     "indent it below '" + first->key.str() + ":'");
        sound = false;
        continue;
      }
      if (item.is_null()) hint = "remove the '-', or put one behind it, as in '- filter: record.total > 0'";
      reader.error(item.span(),
                   item.is_map() ? "one item of 'transforms' is one transform"
                                 : "a transform is a name and its settings, not " + item.describe(),
                   hint);
      sound = false;
      continue;
    }
    std::optional<Step> step = read_step(item.entries()[0], reader);
    if (step) {
      steps.push_back(std::move(*step));
    } else {
      sound = false;
    }
  }
  if (!sound) return std::nullopt;
  return steps;
}

}  // namespace hiveframe::transform
