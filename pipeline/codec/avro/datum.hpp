#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/avro/plan.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

/// Reads one datum at a time, in the binary encoding. check() takes nothing on trust: lengths and counts are
/// held against what is there, and memory is taken for what was read only, so that no claim of the bytes
/// costs more than they are. What checked one is built without looking again. One thread at a time; keeps
/// scratch.
class Datum {
 public:
  /// How deep lists, maps and records may be nested, as in JSON.
  static constexpr std::size_t max_depth = 512;
  /// Items that take no bytes (nulls), of all lists of a datum together.
  static constexpr std::size_t max_free_items = 65'536;

  /// Whether `octets` is exactly one datum; else `error` names the field and what to do.
  bool check(const Node& root, std::string_view octets, record::DataError& error);

  // Of the datum checked last, whose octets are still there:

  /// At most how many bytes build() takes from the arena.
  [[nodiscard]] std::size_t tree_bytes() const noexcept { return tree_bytes_; }
  /// Text points into the octets, the plan or the arena.
  record::Value build(record::Arena& arena);
  std::optional<record::Value> find(std::span<const std::string_view> path, record::Arena& arena);

  /// Both; the value then stands for itself.
  bool read(const Node& root, std::string_view octets, record::Arena& arena, record::Value& value,
            record::DataError& error) {
    if (!check(root, octets, error)) return false;
    value = build(arena);
    return true;
  }

 private:
  bool check_node(const Node& node, std::size_t depth);
  bool check_integer(const Node& node);
  bool check_octets(const Node& node, std::size_t size);
  bool check_record(const Node& node, std::size_t depth);
  bool check_elements(const Node& node, std::size_t depth);
  bool check_symbol(const Node& node);
  bool check_decimal(std::string_view octets);
  bool take_long(std::int64_t& number, const char* what);
  bool take_size(std::size_t& size);
  bool take_count(const Node& node, std::size_t& count);
  bool check_names(std::size_t first);
  bool fail(std::string what, record::DataError::Type type = record::DataError::Type::syntax);
  bool within(std::string_view name);
  bool within(std::size_t index);
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  record::Value build_node(const Node& node, record::Arena& arena);
  record::Value build_integer(const Node& node, record::Arena& arena);
  record::Value build_octets(const Node& node, std::string_view octets, record::Arena& arena);
  record::Value build_record(const Node& node, record::Arena& arena);
  template <class Element>
  record::Value build_elements(const Node& node, record::Arena& arena);
  std::optional<record::Value> find_in(const Node& node, std::span<const std::string_view> path,
                                       record::Arena& arena);
  void skip(const Node& node) noexcept;
  std::int64_t next_long() noexcept;
  std::string_view next_octets(std::size_t size) noexcept;
  std::string_view next_text() noexcept;
  std::size_t next_count() noexcept;

  const Node* root_ = nullptr;
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::size_t tree_bytes_ = 0;
  std::size_t free_items_ = 0;
  std::vector<const char*> fields_;      // where those of the root's record stand
  std::vector<std::string_view> names_;  // of the maps that are open
  record::DataError* error_ = nullptr;
  std::string path_;  // of what is wrong, from its end
};

}  // namespace hiveframe::codec::avro
