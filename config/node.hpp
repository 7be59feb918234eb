#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/text.hpp"

namespace hiveframe::config {

struct Entry;

/// A value of a parsed YAML document. Immutable and cheap to copy (aliases share), so it may be read from any
/// thread. Scalars are text as written, before `${…}`; what they mean is for the option's type to say.
class Node {
 public:
  enum class Kind { null, scalar, list, map };

  /// Null, nowhere.
  Node();
  static Node null(Span span);
  static Node scalar(LocatedText text, bool quoted = false);
  static Node list(Span span, std::vector<Node> items);
  static Node map(Span span, std::vector<Entry> entries);

  Kind kind() const;
  bool is_null() const { return kind() == Kind::null; }
  bool is_scalar() const { return kind() == Kind::scalar; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_map() const { return kind() == Kind::map; }

  /// The whole value. A null that was left out (`key:`) stands at its key.
  const Span& span() const;

  /// Of a scalar; empty otherwise.
  const LocatedText& text() const;
  /// A scalar in quotes, or a block scalar: always text, never a number.
  bool quoted() const;
  /// Of a list, of a map in the file's order; empty otherwise.
  const std::vector<Node>& items() const;
  const std::vector<Entry>& entries() const;
  /// The value of a key of a map, or nullptr.
  const Node* find(std::string_view key) const;

  /// Values in this tree, itself included, as if aliases were written out; bytes of their text likewise;
  /// levels of lists and maps.
  std::size_t node_count() const;
  std::size_t text_size() const;
  std::size_t depth() const;

  /// For messages: "a list", "a map", "nothing", "'abc'".
  std::string describe() const;

 private:
  struct Data;
  explicit Node(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

/// A key of a map, with its value.
struct Entry {
  LocatedText key;
  Node value;
};

/// What a plain scalar is by the YAML 1.2 core schema; a quoted one is text.
enum class CoreType { null, boolean, integer, number, text };
CoreType core_type(const Node& scalar);

}  // namespace hiveframe::config
