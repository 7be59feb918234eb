#pragma once

// Work on one of orders.cpp's records at a time, written by hand: what a loop can do when nothing is in its
// way. A record is a line with its newline, and simdjson's padding behind it may be read.

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <simdjson.h>
#include <string_view>
#include <vector>

namespace hiveframe::bench {

namespace dom = simdjson::dom;
using Type = dom::element_type;

/// Memory that is given back all at once. Blocks stay where they are, so that it may grow.
class Arena {
 public:
  void* take(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    if (used_ + bytes > size) {
      ++current_;
      used_ = 0;
    }
    if (current_ == blocks_.size()) blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    char* at = blocks_[current_].get() + used_;
    used_ += bytes;
    return at;
  }
  void reset() noexcept { current_ = used_ = 0; }

 private:
  static constexpr std::size_t size = 1 << 20;  // larger than any order's tree
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
};

struct Member;

struct Node {
  union {
    std::int64_t integer;
    double real;
    const char* text;
    const Node* items;
    const Member* members;
  };
  std::uint32_t size;
  Type type;

  [[nodiscard]] std::string_view string() const noexcept { return {text, size}; }
};

struct Member {
  std::string_view name;
  Node value;
};

inline Node build(dom::element from, Arena& arena) {
  Node node;
  node.integer = 0;
  node.size = 0;
  node.type = from.type();
  switch (node.type) {
    case Type::OBJECT: {
      const dom::object object = from.get_object().value_unsafe();
      node.size = static_cast<std::uint32_t>(object.size());
      auto* members = static_cast<Member*>(arena.take(node.size * sizeof(Member)));
      node.members = members;
      for (const auto field : object)
        *members++ = {field.key, build(field.value, arena)};
      break;
    }
    case Type::ARRAY: {
      const dom::array array = from.get_array().value_unsafe();
      node.size = static_cast<std::uint32_t>(array.size());
      auto* items = static_cast<Node*>(arena.take(node.size * sizeof(Node)));
      node.items = items;
      for (const dom::element item : array)
        *items++ = build(item, arena);
      break;
    }
    case Type::STRING: {
      const std::string_view text = from.get_string().value_unsafe();
      auto* copy = static_cast<char*>(arena.take(text.size()));
      std::memcpy(copy, text.data(), text.size());
      node.text = copy;
      node.size = static_cast<std::uint32_t>(text.size());
      break;
    }
    case Type::INT64:
      node.integer = from.get_int64().value_unsafe();
      break;
    case Type::UINT64:
      node.integer = std::bit_cast<std::int64_t>(from.get_uint64().value_unsafe());
      break;
    case Type::DOUBLE:
      node.real = from.get_double().value_unsafe();
      break;
    case Type::BOOL:
      node.integer = from.get_bool().value_unsafe() ? 1 : 0;
      break;
    case Type::NULL_VALUE:
      break;
  }
  return node;
}

/// Text that is being put together, never more than `room` bytes of it.
class Text {
 public:
  explicit Text(std::size_t room) : buffer_(room) {}

  void put(char c) noexcept { *at_++ = c; }
  void put(std::string_view text) noexcept {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put(const Node& node);

  [[nodiscard]] std::string_view view() const noexcept {
    return {buffer_.data(), static_cast<std::size_t>(at_ - buffer_.data())};
  }
  void clear() noexcept { at_ = buffer_.data(); }

 private:
  void put_string(std::string_view text);

  std::vector<char> buffer_;
  char* at_ = buffer_.data();
};

/// Bytes of `text` from its start that need no escape, eight at a time.
inline std::size_t clean(std::string_view text) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + i, 8);
    const std::uint64_t quote = bytes ^ ones * '"';
    const std::uint64_t slash = bytes ^ ones * '\\';
    const std::uint64_t found = ((quote - ones) & ~quote & highs) | ((slash - ones) & ~slash & highs) |
                                ((bytes - ones * 0x20) & ~bytes & highs);
    if (found != 0) return i + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) >= 0x20 && text[i] != '"' && text[i] != '\\')
    ++i;
  return i;
}

inline void Text::put_string(std::string_view text) {
  put('"');
  for (;;) {
    const std::size_t plain = clean(text);
    put(text.substr(0, plain));
    if (plain == text.size()) break;
    const char c = text[plain];
    if (c == '"' || c == '\\') {
      put('\\');
      put(c);
    } else {
      at_ += std::snprintf(at_, 7, "\\u%04x", static_cast<unsigned>(c));
    }
    text.remove_prefix(plain + 1);
  }
  put('"');
}

inline void Text::put(const Node& node) {
  switch (node.type) {
    case Type::OBJECT:
      put('{');
      for (std::uint32_t i = 0; i < node.size; ++i) {
        if (i != 0) put(',');
        put_string(node.members[i].name);
        put(':');
        put(node.members[i].value);
      }
      put('}');
      break;
    case Type::ARRAY:
      put('[');
      for (std::uint32_t i = 0; i < node.size; ++i) {
        if (i != 0) put(',');
        put(node.items[i]);
      }
      put(']');
      break;
    case Type::STRING:
      put_string(node.string());
      break;
    case Type::INT64:
      at_ = std::to_chars(at_, at_ + 24, node.integer).ptr;
      break;
    case Type::UINT64:
      at_ = std::to_chars(at_, at_ + 24, std::bit_cast<std::uint64_t>(node.integer)).ptr;
      break;
    case Type::DOUBLE: {
      const char* const begin = at_;
      at_ = std::to_chars(at_, at_ + 32, node.real).ptr;
      // A double stays one: 12.0, not 12.
      if (std::memchr(begin, '.', static_cast<std::size_t>(at_ - begin)) == nullptr &&
          std::memchr(begin, 'e', static_cast<std::size_t>(at_ - begin)) == nullptr)
        put(".0");
      break;
    }
    case Type::BOOL:
      put(node.integer != 0 ? std::string_view("true") : std::string_view("false"));
      break;
    case Type::NULL_VALUE:
      put("null");
      break;
  }
}

/// Validates it, and writes it as it is.
class Pass {
 public:
  bool operator()(std::string_view line, Text& out) {
    if (parser_.parse(line.data(), line.size() - 1, false).error() != simdjson::SUCCESS) return false;
    out.put(line);
    return true;
  }

 private:
  dom::parser parser_;
};

/// The same, if its status is "paid".
class Filter {
 public:
  bool operator()(std::string_view line, Text& out) {
    const auto document = parser_.parse(line.data(), line.size() - 1, false);
    if (document.error() != simdjson::SUCCESS) return false;
    std::string_view status;
    if (document["status"].get(status) == simdjson::SUCCESS && status == "paid") out.put(line);
    return true;
  }

 private:
  dom::parser parser_;
};

/// Builds a tree, keeps those that are paid (or all but those that are gone), adds total = amount * 1.2,
/// drops note, writes it.
class Rebuild {
 public:
  explicit Rebuild(bool all) : all_(all) {}

  bool operator()(std::string_view line, Text& out) {
    const auto document = parser_.parse(line.data(), line.size() - 1, false);
    if (document.error() != simdjson::SUCCESS) return false;
    arena_.reset();
    Node order = build(document.value_unsafe(), arena_);
    if (order.type != Type::OBJECT) return false;
    auto* changed = static_cast<Member*>(arena_.take((order.size + 1) * sizeof(Member)));
    std::uint32_t members = 0;
    bool keep = false;
    Node total;
    total.type = Type::DOUBLE;
    total.size = 0;
    total.real = 0;
    for (std::uint32_t i = 0; i < order.size; ++i) {
      const Member& member = order.members[i];
      if (member.name == "note") continue;
      if (member.name == "status") {
        keep = all_ ? member.value.string() != "gone" : member.value.string() == "paid";
      } else if (member.name == "amount") {
        total.real = 1.2 * (member.value.type == Type::DOUBLE ? member.value.real
                                                              : static_cast<double>(member.value.integer));
      }
      changed[members++] = member;
    }
    if (!keep) return true;
    changed[members++] = {"total", total};
    order.members = changed;
    order.size = members;
    out.put(order);
    out.put('\n');
    return true;
  }

 private:
  bool all_;
  dom::parser parser_;
  Arena arena_;
};

}  // namespace hiveframe::bench
