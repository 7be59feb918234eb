#include "config/node.hpp"

#include <algorithm>
#include <array>

namespace hiveframe::config {

struct Node::Data {
  Kind kind = Kind::null;
  bool quoted = false;
  Span span;
  LocatedText text;
  std::vector<Node> items;
  std::vector<Entry> entries;
  std::size_t node_count = 1;
  std::size_t text_size = 0;
  std::size_t depth = 0;

  void count(const Node& child) {
    node_count += child.node_count();
    text_size += child.text_size();
    depth = std::max(depth, child.depth() + 1);
  }
};

Node::Node() {
  static const auto nothing = std::make_shared<const Data>();
  data_ = nothing;
}

Node Node::null(Span span) {
  auto data = std::make_shared<Data>();
  data->span = std::move(span);
  return Node(std::move(data));
}

Node Node::scalar(LocatedText text, bool quoted) {
  auto data = std::make_shared<Data>();
  data->kind = Kind::scalar;
  data->quoted = quoted;
  data->span = text.span();
  data->text_size = text.size();
  data->text = std::move(text);
  return Node(std::move(data));
}

Node Node::list(Span span, std::vector<Node> items) {
  auto data = std::make_shared<Data>();
  data->kind = Kind::list;
  data->span = std::move(span);
  data->depth = 1;
  for (const Node& item : items)
    data->count(item);
  data->items = std::move(items);
  return Node(std::move(data));
}

Node Node::map(Span span, std::vector<Entry> entries) {
  auto data = std::make_shared<Data>();
  data->kind = Kind::map;
  data->span = std::move(span);
  data->depth = 1;
  for (const Entry& entry : entries) {
    data->count(entry.value);
    data->text_size += entry.key.size();
  }
  data->entries = std::move(entries);
  return Node(std::move(data));
}

Node::Kind Node::kind() const { return data_->kind; }
const Span& Node::span() const { return data_->span; }
const LocatedText& Node::text() const { return data_->text; }
bool Node::quoted() const { return data_->quoted; }
const std::vector<Node>& Node::items() const { return data_->items; }
const std::vector<Entry>& Node::entries() const { return data_->entries; }
std::size_t Node::node_count() const { return data_->node_count; }
std::size_t Node::text_size() const { return data_->text_size; }
std::size_t Node::depth() const { return data_->depth; }

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : data_->entries)
    if (entry.key.view() == key) return &entry.value;
  return nullptr;
}

std::string Node::describe() const {
  switch (kind()) {
    case Kind::null:
      return "nothing";
    case Kind::scalar:
      return text().quoted();
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return {};
}

namespace {

bool all_digits(std::string_view text, std::string_view digits) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

bool is_core_integer(std::string_view text) {
  if (text.starts_with("0o")) return all_digits(text.substr(2), "01234567");
  if (text.starts_with("0x")) return all_digits(text.substr(2), "0123456789abcdefABCDEF");
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return all_digits(text, "0123456789");
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_core_float(std::string_view text) {
  const std::string_view whole = text;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  constexpr std::array<std::string_view, 3> infinities = {".inf", ".Inf", ".INF"};
  if (std::find(infinities.begin(), infinities.end(), text) != infinities.end()) return true;
  if (whole == ".nan" || whole == ".NaN" || whole == ".NAN") return true;
  const auto digits = [&] {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  const std::size_t before = digits();
  std::size_t after = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    after = digits();
  }
  if (before + after == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

}  // namespace

CoreType core_type(const Node& scalar) {
  if (scalar.is_null()) return CoreType::null;
  if (scalar.quoted()) return CoreType::text;
  const std::string_view text = scalar.text().view();
  constexpr std::array<std::string_view, 4> nulls = {"~", "null", "Null", "NULL"};
  constexpr std::array<std::string_view, 6> booleans = {"true", "True", "TRUE", "false", "False", "FALSE"};
  if (std::find(nulls.begin(), nulls.end(), text) != nulls.end()) return CoreType::null;
  if (std::find(booleans.begin(), booleans.end(), text) != booleans.end()) return CoreType::boolean;
  if (is_core_integer(text)) return CoreType::integer;
  if (is_core_float(text)) return CoreType::number;
  return CoreType::text;
}

}  // namespace hiveframe::config
