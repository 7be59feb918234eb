#pragma once

// The types an option can have. Only a settings .cpp includes this (through option_table.hpp).

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/reader.hpp"
#include "config/secret.hpp"

namespace hiveframe::config {

/// How a value of type V is read from YAML and written back for the reference.
template <typename V>
struct OptionType {
  using Value = V;
  TypeInfo info;
  /// Reports and returns nothing if the value is not right.
  std::function<std::optional<V>(const Node&, Reader&)> read;
  /// As one would write it in YAML; empty function: defaults of this type are not shown.
  std::function<std::optional<std::string>(const V&)> format;
};

constexpr std::int64_t no_minimum = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t no_maximum = std::numeric_limits<std::int64_t>::max();
constexpr std::chrono::milliseconds no_maximum_time = std::chrono::milliseconds::max();

/// Any scalar, as written. Not empty unless allow_empty.
enum class Empty { refused, allowed };
OptionType<std::string> text(Empty empty = Empty::refused);
OptionType<Secret> secret();
OptionType<bool> boolean();
OptionType<std::int64_t> integer(std::int64_t minimum = no_minimum, std::int64_t maximum = no_maximum);
OptionType<double> number(double minimum = -std::numeric_limits<double>::infinity(),
                          double maximum = std::numeric_limits<double>::infinity());
/// Bytes, with units.
OptionType<std::uint64_t> size(std::uint64_t minimum = 0,
                               std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max());
/// With units: 30s.
OptionType<std::chrono::milliseconds> duration(std::chrono::milliseconds minimum = {},
                                               std::chrono::milliseconds maximum = no_maximum_time);
/// The same, or the word `none`, which is nothing.
OptionType<std::optional<std::chrono::milliseconds>> duration_or_none(
    std::chrono::milliseconds minimum = {}, std::chrono::milliseconds maximum = no_maximum_time);
/// An integer of milliseconds, for options whose names end in _ms.
OptionType<std::chrono::milliseconds> millis(std::chrono::milliseconds minimum = {},
                                             std::chrono::milliseconds maximum = no_maximum_time);
/// A file or folder. A relative one starts at the YAML file's folder; one with a scheme (s3://) is left
/// alone.
OptionType<std::filesystem::path> path();
/// Any YAML value, untouched: the owner walks it.
OptionType<Node> any(std::string wanted);

/// The index of the word; choice() below makes it an enum.
OptionType<std::size_t> choice_index(std::vector<std::string> words);

template <typename E>
OptionType<E> choice(std::vector<std::pair<std::string, E>> words) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words)
    names.push_back(name);
  OptionType<std::size_t> index = choice_index(std::move(names));
  OptionType<E> type;
  type.info = index.info;
  type.read = [read = index.read, words](const Node& node, Reader& reader) -> std::optional<E> {
    const std::optional<std::size_t> found = read(node, reader);
    if (!found) return std::nullopt;
    return words[*found].second;
  };
  type.format = [words](const E& value) -> std::optional<std::string> {
    for (const auto& [name, each] : words)
      if (each == value) return name;
    return std::nullopt;
  };
  return type;
}

/// A parser from above: `LocatedText -> V`, after `${…}` was settled. It reports through the Reader, at
/// text.span(begin, end), and returns nothing then.
template <typename V>
OptionType<V> parsed(TypeInfo info, std::function<std::optional<V>(const LocatedText&, Reader&)> parse) {
  OptionType<V> type;
  type.info = info;
  type.read = [info, parse = std::move(parse)](const Node& node, Reader& reader) -> std::optional<V> {
    const std::optional<LocatedText> text = reader.text(node, info);
    if (!text) return std::nullopt;
    return parse(*text, reader);
  };
  return type;
}

/// The same for expressions and templates: `${…}` is an error there.
template <typename V>
OptionType<V> expression(TypeInfo info, std::function<std::optional<V>(const LocatedText&, Reader&)> parse) {
  OptionType<V> type;
  type.info = info;
  type.read = [info, parse = std::move(parse)](const Node& node, Reader& reader) -> std::optional<V> {
    const std::optional<LocatedText> text = reader.expression_text(node, info);
    if (!text) return std::nullopt;
    return parse(*text, reader);
  };
  return type;
}

/// A parser from above that takes the whole YAML value (a nested connector, `on_error: stop | {dead_letter:
/// …}`).
template <typename V>
OptionType<V> custom(TypeInfo info, std::function<std::optional<V>(const Node&, Reader&)> read) {
  OptionType<V> type;
  type.info = std::move(info);
  type.read = std::move(read);
  return type;
}

/// [a, b] as YAML writes it; nothing if an element cannot be written.
std::optional<std::string> format_list(const std::vector<std::optional<std::string>>& elements);
/// The nodes of a list; of one value too if `one` is allowed. Reports anything else.
std::optional<std::vector<Node>> list_nodes(const Node& node, const TypeInfo& info, Reader& reader);
/// The entries of a map with free keys, keys checked. Reports anything else.
std::optional<std::vector<Entry>> map_entries(const Node& node, const TypeInfo& info, Reader& reader);

namespace detail {
template <typename V>
OptionType<std::vector<V>> list_type(TypeInfo::Kind kind, OptionType<V> element) {
  OptionType<std::vector<V>> type;
  type.info.kind = kind;
  type.info.element = std::make_shared<const TypeInfo>(element.info);
  type.read = [info = type.info, read = element.read](const Node& node,
                                                      Reader& reader) -> std::optional<std::vector<V>> {
    const std::optional<std::vector<Node>> nodes = list_nodes(node, info, reader);
    if (!nodes) return std::nullopt;
    std::vector<V> values;
    bool sound = true;
    for (const Node& each : *nodes) {
      std::optional<V> value = read(each, reader);
      if (value) {
        values.push_back(std::move(*value));
      } else {
        sound = false;
      }
    }
    if (!sound) return std::nullopt;
    return values;
  };
  if (element.format) {
    type.format = [format = element.format](const std::vector<V>& values) {
      std::vector<std::optional<std::string>> texts;
      for (const V& value : values)
        texts.push_back(format(value));
      return format_list(texts);
    };
  }
  return type;
}
}  // namespace detail

template <typename V>
OptionType<std::vector<V>> list(OptionType<V> element) {
  return detail::list_type(TypeInfo::Kind::list, std::move(element));
}

/// `topic: orders` and `topic: [orders, returns]`.
template <typename V>
OptionType<std::vector<V>> one_or_list(OptionType<V> element) {
  return detail::list_type(TypeInfo::Kind::one_or_list, std::move(element));
}

/// Free keys in the file's order. The key type reads the key as if it were a scalar value; by default it is
/// text.
template <typename K, typename V>
OptionType<std::vector<std::pair<K, V>>> map(OptionType<K> key, OptionType<V> value) {
  OptionType<std::vector<std::pair<K, V>>> type;
  type.info.kind = TypeInfo::Kind::map;
  type.info.element = std::make_shared<const TypeInfo>(value.info);
  type.read = [info = type.info, read_key = key.read, read_value = value.read](
                  const Node& node, Reader& reader) -> std::optional<std::vector<std::pair<K, V>>> {
    const std::optional<std::vector<Entry>> entries = map_entries(node, info, reader);
    if (!entries) return std::nullopt;
    std::vector<std::pair<K, V>> values;
    bool sound = true;
    for (const Entry& entry : *entries) {
      std::optional<K> name = read_key(Node::scalar(entry.key, true), reader);
      std::optional<V> element = read_value(entry.value, reader);
      if (name && element) {
        values.emplace_back(std::move(*name), std::move(*element));
      } else {
        sound = false;
      }
    }
    if (!sound) return std::nullopt;
    return values;
  };
  return type;
}

template <typename V>
OptionType<std::vector<std::pair<std::string, V>>> map(OptionType<V> value) {
  return map<std::string, V>(text(), std::move(value));
}

}  // namespace hiveframe::config
