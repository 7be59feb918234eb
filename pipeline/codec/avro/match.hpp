#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "pipeline/codec/avro/schema.hpp"

namespace hiveframe::codec::avro {

/// Whether data of one type can be read as another, by "Schema resolution" of the specification. Types that
/// contain themselves match unless something shows that they do not. One thread at a time; remembers what it
/// found.
class Match {
 public:
  /// Of the whole types, what they contain included. Of a writer's union: whether any branch can.
  bool matches(const Type& writer, const Type& reader);
  /// The reader's branch that a type (no union) is read as.
  std::optional<std::size_t> branch_for(const Type& writer, const Type& alternatives);
  /// Too much was asked: the answers mean nothing.
  [[nodiscard]] bool exhausted() const noexcept { return steps_ > max_steps; }

  static constexpr std::size_t max_steps = 1'000'000;

 private:
  using Pair = std::pair<const Type*, const Type*>;

  bool records_match(const Type& writer, const Type& reader);

  std::set<Pair> assumed_;
  std::vector<Pair> trail_;  // of what is assumed, in its order
  std::set<Pair> failed_;
  std::size_t steps_ = 0;
};

/// Whether the types themselves go together, whatever they contain: kinds and promotions, names and aliases,
/// sizes, logical types. Neither is a union.
[[nodiscard]] bool go_together(const Type& writer, const Type& reader);

/// For each field of the reader's record, the index of the writer's field that it is read from: by its name,
/// else by an alias.
[[nodiscard]] std::vector<std::optional<std::uint32_t>> fields_from(const Type& writer, const Type& reader);

}  // namespace hiveframe::codec::avro
