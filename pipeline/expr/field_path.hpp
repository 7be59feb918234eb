#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/expr/problem.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/draft.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// Where something stands in a record: `a.b`, `a[0]`, `a['x.y']`. A name outside brackets is letters,
/// digits, `_` and `-`, and anything that is not ASCII; the first may be in brackets too: `['a b'].c`.
/// Immutable; any thread may read it.
class FieldPath {
 public:
  struct Step {
    std::string name;
    std::uint32_t index = 0;
    bool is_index = false;

    bool operator==(const Step&) const = default;
    /// What stands there in an object or list, or nullptr.
    [[nodiscard]] const record::Value* find_in(const record::Value& parent) const noexcept;
  };

  /// Nothing if the text is no path, and `problem` says why.
  static std::optional<FieldPath> parse(std::string_view text, Problem& problem);
  explicit FieldPath(std::vector<Step> steps);

  [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }
  /// The shortest text that parses to this path.
  [[nodiscard]] std::string str() const;
  /// This path is `other` or stands above it.
  [[nodiscard]] bool contains(const FieldPath& other) const noexcept;
  /// Whether one of them is the other, or stands in it.
  [[nodiscard]] bool overlaps(const FieldPath& other) const noexcept {
    return contains(other) || other.contains(*this);
  }
  bool operator==(const FieldPath&) const = default;

  /// What stands there, or nullptr: absent, or its parent is no object or list.
  [[nodiscard]] const record::Value* get(const record::Value& root) const noexcept;
  /// The same of a record, without building its tree where the path is names only.
  [[nodiscard]] std::optional<record::Value> get(record::Draft& draft) const;
  /// Puts `value` there. New objects and lists stand in `arena`, new names in this path, which must outlive
  /// them; nothing behind the old `root` changes.
  /// Parents that are absent or null are made. False, with `root` as it was: a parent is something else
  /// than an object, or the list has no such item.
  bool set(record::Value& root, const record::Value& value, record::Arena& arena,
           record::DataError& error) const;
  /// The same for paths that are each other's siblings, with as many values: their parent is copied once.
  static bool set(std::span<const FieldPath> siblings, record::Value& root,
                  std::span<const record::Value> values, record::Arena& arena, record::DataError& error);
  /// Whether both are names in one object, and different ones.
  [[nodiscard]] bool is_sibling_of(const FieldPath& other) const noexcept;
  /// Takes it away; false if there was nothing.
  bool remove(record::Value& root, record::Arena& arena) const;

 private:
  std::vector<Step> steps_;
};

}  // namespace hiveframe::expr
