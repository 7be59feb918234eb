#include "pipeline/codec/yaml_value.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/record/number.hpp"

namespace hiveframe::codec {
namespace {

using record::Value;

/// YAML's other ways to write a number, 0x1F, 0o17, +5, 007, .5, 1., as JSON writes it. Empty if a record
/// cannot hold it.
std::string json_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string json(negative ? "-" : "");
  if (text.starts_with("0x") || text.starts_with("0o")) {
    std::uint64_t integer = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + 2, end, integer, text[1] == 'x' ? 16 : 8);
    if (read.ec != std::errc() || read.ptr != end) return {};
    return json + std::to_string(integer);
  }
  const std::string_view whole = text.substr(0, std::min(text.find_first_of(".eE"), text.size()));
  std::string_view rest = text.substr(whole.size());
  const std::size_t zeros = std::min(whole.find_first_not_of('0'), whole.size());
  json += zeros < whole.size() ? whole.substr(zeros) : "0";
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    json += '.';
    if (rest.empty() || rest.front() < '0' || rest.front() > '9') json += '0';
  }
  json += rest;
  return record::is_number_literal(json) ? json : std::string();
}

std::optional<Value> text_value(const config::Node& scalar, config::Reader& reader, record::Arena& arena) {
  const auto text = reader.text(scalar, config::TypeInfo::of(config::TypeInfo::Kind::text));
  if (!text) return std::nullopt;
  return Value::string(arena.copy(text->view()));
}

}  // namespace

std::optional<Value> plain_scalar(const config::Node& scalar, config::Reader& reader, record::Arena& arena) {
  const config::CoreType type = config::core_type(scalar);
  const std::string_view written = scalar.text().view();
  if (type == config::CoreType::null) return Value();
  if (type == config::CoreType::boolean)
    return Value::boolean(written.starts_with('t') || written.starts_with('T'));
  std::string number(written);
  if (!record::is_number_literal(number)) number = json_number(number);
  if (!number.empty()) return record::number_from_literal(arena.copy(number));
  reader.error(scalar.span(), "a record cannot hold the number " + scalar.text().quoted(),
               "write it as JSON does, or put it in quotes");
  return std::nullopt;
}

std::optional<Value> yaml_value(const config::Node& node, config::Reader& reader, record::Arena& arena) {
  bool sound = true;
  switch (node.kind()) {
    case config::Node::Kind::null:
      return Value();
    case config::Node::Kind::scalar:
      return config::core_type(node) == config::CoreType::text ? text_value(node, reader, arena)
                                                               : plain_scalar(node, reader, arena);
    case config::Node::Kind::list: {
      const auto items = arena.array<Value>(node.items().size());
      for (std::size_t i = 0; i < items.size(); ++i) {
        const std::optional<Value> item = yaml_value(node.items()[i], reader, arena);
        sound = sound && item;
        items[i] = item.value_or(Value());
      }
      if (!sound) return std::nullopt;
      return Value::list(items);
    }
    case config::Node::Kind::map:
      break;
  }
  const auto members = arena.array<record::Member>(node.entries().size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    const config::Entry& entry = node.entries()[i];
    const std::optional<Value> value = yaml_value(entry.value, reader, arena);
    sound = sound && value;
    members[i] = {arena.copy(entry.key.view()), value.value_or(Value())};
  }
  if (!sound) return std::nullopt;
  return Value::object(members);
}

}  // namespace hiveframe::codec
