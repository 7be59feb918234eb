#pragma once

// One declaration per option. Only the .cpp files that declare options include this: settings, a transform's
// own.

#include <algorithm>
#include <cassert>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/given_options.hpp"
#include "config/option_type.hpp"

namespace hiveframe::config {

/// The options of a settings struct T: for each a name, a member, a type and its help. Defaults are T's own
/// member initialisers. Built once, then only read, from any thread.
template <typename T>
class OptionTable {
 public:
  /// `name` is what messages call it ("kafka source"), `keyword` what selects it in YAML ("kafka"; may be
  /// empty).
  OptionTable(std::string name, std::string keyword, std::string summary) {
    info_.name = std::move(name);
    info_.keyword = std::move(keyword);
    info_.summary = std::move(summary);
  }

  /// The member is a V, an optional<V>, or an arithmetic type that holds every value within the bounds.
  template <typename M, typename V>
  OptionInfo& add(std::string name, M T::*member, OptionType<V> type) {
    assert(!info_.find(name) && "an option is declared once");
    OptionInfo option;
    option.name = std::move(name);
    option.is_secret = type.info.kind == TypeInfo::Kind::secret;
    if (type.format && !option.is_secret) option.default_text = default_text<M, V>(T{}.*member, type);
    option.type = type.info;
    setters_.push_back([member, read = std::move(type.read)](const Node& node, Reader& reader, T& settings) {
      std::optional<V> value = read(node, reader);
      if (!value) return false;
      if constexpr (std::same_as<M, V> || std::same_as<M, std::optional<V>>) {
        settings.*member = std::move(*value);
      } else {
        if constexpr (std::integral<M>) {
          if (!std::in_range<M>(*value)) {
            using Limits = std::numeric_limits<M>;
            reader.error(
                node.span(), node.text().quoted() + " is out of range",
                "it must be from " + std::to_string(Limits::min()) + " to " + std::to_string(Limits::max()));
            return false;
          }
        }
        settings.*member = static_cast<M>(*value);
      }
      return true;
    });
    info_.options.push_back(std::move(option));
    return info_.options.back();
  }

  /// A value that is no map stands for this option.
  OptionTable& compact(std::string option) {
    assert(info_.find(option));
    info_.compact = std::move(option);
    return *this;
  }

  /// All keys that are no option are free, kept in the file's order: `set: {path: expression}`.
  template <typename K, typename V>
  OptionTable& free_keys(std::vector<std::pair<K, V>> T::*member, OptionType<K> key, OptionType<V> value,
                         std::string help) {
    info_.free_keys = value.info;
    info_.free_keys_name = key.info.describe();
    info_.free_keys_help = std::move(help);
    free_setter_ = [member, read_key = std::move(key.read), read_value = std::move(value.read)](
                       const GivenOptions::Given& given, Reader& reader, T& settings) {
      std::optional<K> name = read_key(Node::scalar(given.name, true), reader);
      std::optional<V> element = read_value(given.value, reader);
      if (!name || !element) return false;
      (settings.*member).emplace_back(std::move(*name), std::move(*element));
      return true;
    };
    return *this;
  }

  OptionTable& uri(UriRule rule, std::string example = {}) {
    info_.uri_rules.push_back(std::move(rule));
    if (!example.empty()) info_.uri_examples.push_back(std::move(example));
    return *this;
  }

  /// Combinations, and values derived from others. Reports through the Reader; given.span("option") is where
  /// an option stands. Checks run last, in their order, each if the options that it needs were sound, given
  /// or not, whatever is wrong with others. Of free keys they see those that were sound; where any was not,
  /// `given` is damaged. Without `needs` it needs everything to be sound.
  using Check = std::function<void(T&, const GivenOptions&, Reader&)>;
  OptionTable& check(std::vector<std::string> needs, Check check) {
    for ([[maybe_unused]] const std::string& each : needs)
      assert(info_.find(each));
    checks_.push_back({std::move(needs), false, std::move(check)});
    return *this;
  }
  OptionTable& check(Check check) {
    checks_.push_back({{}, true, std::move(check)});
    return *this;
  }

  const TableInfo& info() const { return info_; }

  /// Reads a map (or the compact form). Nothing if anything was reported.
  std::optional<T> read(const Node& node, Reader& reader) const {
    return read(given_by(node, info_, reader), reader);
  }

  std::optional<T> read(const GivenOptions& given, Reader& reader) const {
    const std::size_t problems = reader.diagnostics().reports();
    std::vector<std::string> unsettled = check_names(given, info_, reader);
    T settings;
    GivenOptions sound{given.whole, {}, given.damaged, given.others};
    for (const GivenOptions::Given& each : given.options) {
      const OptionInfo* option = info_.find(each.name.view());
      if (option) {
        if (!setters_[option - info_.options.data()](each.value, reader, settings))
          unsettled.push_back(option->name);
      } else if (free_setter_ && !free_setter_(each, reader, settings)) {
        sound.damaged = true;
        continue;
      }
      sound.options.push_back(each);
    }
    const bool all_sound = unsettled.empty() && !sound.damaged && reader.diagnostics().reports() == problems;
    for (const NeedingCheck& check : checks_) {
      const auto is_settled = [&unsettled](const std::string& option) {
        return std::find(unsettled.begin(), unsettled.end(), option) == unsettled.end();
      };
      if (check.needs_all ? all_sound : std::all_of(check.needs.begin(), check.needs.end(), is_settled))
        check.run(settings, sound, reader);
    }
    if (!all_sound || reader.diagnostics().reports() != problems) return std::nullopt;
    return settings;
  }

 private:
  template <typename M, typename V>
  static std::optional<std::string> default_text(const M& member, const OptionType<V>& type) {
    if constexpr (std::same_as<M, V>) {
      return type.format(member);
    } else if constexpr (std::same_as<M, std::optional<V>>) {
      return member ? type.format(*member) : std::nullopt;
    } else {
      return type.format(static_cast<V>(member));
    }
  }

  TableInfo info_;
  std::vector<std::function<bool(const Node&, Reader&, T&)>> setters_;
  std::function<bool(const GivenOptions::Given&, Reader&, T&)> free_setter_;
  struct NeedingCheck {
    std::vector<std::string> needs;
    bool needs_all;
    Check run;
  };
  std::vector<NeedingCheck> checks_;
};

/// A section of its own options: `retry: {base_delay_ms: 1000}`.
template <typename T>
OptionType<T> section(OptionTable<T> table) {
  auto shared = std::make_shared<const OptionTable<T>>(std::move(table));
  OptionType<T> type;
  type.info.kind = TypeInfo::Kind::table;
  type.info.table = std::shared_ptr<const TableInfo>(shared, &shared->info());
  type.read = [shared](const Node& node, Reader& reader) { return shared->read(node, reader); };
  return type;
}

}  // namespace hiveframe::config
