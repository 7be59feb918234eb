#include "pipeline/transform/path_tree.hpp"

#include <algorithm>
#include <type_traits>

namespace hiveframe::transform {

using record::Kind;
using record::Member;
using record::Value;

namespace {

template <class Part>
auto& value_of(Part& part) noexcept {
  if constexpr (std::is_same_v<std::remove_const_t<Part>, Member>) {
    return part.value;
  } else {
    return part;
  }
}

}  // namespace

PathTree::PathTree(const std::vector<expr::FieldPath>& paths) {
  for (const expr::FieldPath& path : paths)
    add(path.steps());
}

void PathTree::add(std::span<const expr::FieldPath::Step> steps) {
  if (steps.empty()) {
    is_end_ = true;
    return;
  }
  auto branch = std::find_if(branches_.begin(), branches_.end(),
                             [&](const Branch& each) { return each.step == steps[0]; });
  if (branch == branches_.end()) branch = branches_.insert(branches_.end(), Branch{steps[0], PathTree()});
  if (!steps[0].is_index) name_sizes_ |= std::uint64_t{1} << (steps[0].name.size() % 64);
  branch->below.add(steps.subspan(1));
}

const PathTree* PathTree::find(const Member& member, std::size_t) const noexcept {
  if ((name_sizes_ >> (member.name.size() % 64) & 1) == 0) return nullptr;
  for (const Branch& each : branches_) {
    if (!each.step.is_index && record::same_text(each.step.name, member.name)) return &each.below;
  }
  return nullptr;
}

const PathTree* PathTree::find(const Value&, std::size_t index) const noexcept {
  for (const Branch& each : branches_) {
    if (each.step.is_index && each.step.index == index) return &each.below;
  }
  return nullptr;
}

bool PathTree::drop(const Value& value, record::Arena& arena, Value& out) const {
  if (value.is(Kind::object)) {
    std::span<const Member> kept = value.members();
    if (!drop_parts(kept, arena)) return false;
    out = Value::object(kept);
    return true;
  }
  if (value.is(Kind::list)) {
    std::span<const Value> kept = value.items();
    if (!drop_parts(kept, arena)) return false;
    out = Value::list(kept);
    return true;
  }
  return false;
}

// The parts are copied from the first that changes.
template <class Part>
bool PathTree::drop_parts(std::span<const Part>& parts, record::Arena& arena) const {
  std::span<Part> copies;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PathTree* below = find(parts[i], i);
    Value inner;
    const bool changes =
        below != nullptr && (below->is_end_ || below->drop(value_of(parts[i]), arena, inner));
    if (changes && copies.empty()) {
      copies = arena.array<Part>(parts.size());
      kept = static_cast<std::size_t>(std::copy_n(parts.begin(), i, copies.begin()) - copies.begin());
    }
    if (copies.empty() || (changes && below->is_end_)) continue;
    copies[kept] = parts[i];
    if (changes) value_of(copies[kept]) = inner;
    ++kept;
  }
  if (copies.empty()) return false;
  parts = copies.first(kept);
  return true;
}

PathTree::Kept PathTree::keep(const Value& value, record::Arena& arena, Value& out) const {
  if (is_end_) return Kept::whole;
  if (value.is(Kind::object)) {
    std::span<const Member> parts = value.members();
    const Kept result = keep_parts(parts, arena);
    out = Value::object(parts);
    return result;
  }
  if (value.is(Kind::list)) {
    std::span<const Value> parts = value.items();
    const Kept result = keep_parts(parts, arena);
    out = Value::list(parts);
    return result;
  }
  return Kept::nothing;
}

// A branch is the way to one part at most, for names are unique.
template <class Part>
PathTree::Kept PathTree::keep_parts(std::span<const Part>& parts, record::Arena& arena) const {
  const std::span<Part> copies = arena.array<Part>(std::min(parts.size(), branches_.size()));
  std::size_t kept = 0;
  bool changed = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PathTree* below = kept < copies.size() ? find(parts[i], i) : nullptr;
    Value inner;
    const Kept result = below == nullptr ? Kept::nothing : below->keep(value_of(parts[i]), arena, inner);
    changed |= result != Kept::whole;
    if (result == Kept::nothing) continue;
    copies[kept] = parts[i];
    if (result == Kept::part) value_of(copies[kept]) = inner;
    ++kept;
  }
  if (kept == 0) return Kept::nothing;
  if (!changed) return Kept::whole;
  parts = copies.first(kept);
  return Kept::part;
}

}  // namespace hiveframe::transform
