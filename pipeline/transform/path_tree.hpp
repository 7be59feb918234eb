#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pipeline/expr/field_path.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::transform {

/// Several field paths as one tree, so that a value is walked once and list items keep their numbers while
/// some of them go. Immutable once made.
class PathTree {
 public:
  explicit PathTree(const std::vector<expr::FieldPath>& paths);

  /// `value` without what stands at the paths. False: nothing stands there, and `out` is not set. New
  /// objects and lists stand in `arena`.
  bool drop(const record::Value& value, record::Arena& arena, record::Value& out) const;

  enum class Kept { nothing, part, whole };
  /// `value` with nothing but what stands at the paths, in its own order; parents of which nothing is kept
  /// go too. `out` is set where a part is kept.
  Kept keep(const record::Value& value, record::Arena& arena, record::Value& out) const;

 private:
  PathTree() = default;

  struct Branch;
  void add(std::span<const expr::FieldPath::Step> steps);
  /// What becomes of a member, or of the item of that index.
  [[nodiscard]] const PathTree* find(const record::Member& member, std::size_t index) const noexcept;
  [[nodiscard]] const PathTree* find(const record::Value& item, std::size_t index) const noexcept;
  template <class Part>
  bool drop_parts(std::span<const Part>& parts, record::Arena& arena) const;
  template <class Part>
  Kept keep_parts(std::span<const Part>& parts, record::Arena& arena) const;

  bool is_end_ = false;  // a path ends here
  // A bit for the length of each branch's name, modulo 64: most names have none.
  std::uint64_t name_sizes_ = 0;
  std::vector<Branch> branches_;
};

struct PathTree::Branch {
  expr::FieldPath::Step step;
  PathTree below;
};

}  // namespace hiveframe::transform
