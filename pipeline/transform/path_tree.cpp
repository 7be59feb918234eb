#include "pipeline/transform/path_tree.hpp"

#include <algorithm>

namespace hiveframe::transform {

using record::Kind;
using record::Member;
using record::Value;

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
  branch->below.add(steps.subspan(1));
}

const PathTree* PathTree::find(std::string_view name) const noexcept {
  for (const Branch& each : branches_) {
    if (!each.step.is_index && each.step.name == name) return &each.below;
  }
  return nullptr;
}

const PathTree* PathTree::find(std::size_t index) const noexcept {
  for (const Branch& each : branches_) {
    if (each.step.is_index && each.step.index == index) return &each.below;
  }
  return nullptr;
}

bool PathTree::drop(const Value& value, record::Arena& arena, Value& out) const {
  const record::Arena::Mark mark = arena.mark();
  std::size_t kept = 0;
  bool changed = false;
  // Whether a part stays, as `part` then is.
  const auto stays = [&](const PathTree* below, Value& part) {
    if (below == nullptr) return true;
    if (below->is_end_) return !(changed = true);
    Value inner;
    if (below->drop(part, arena, inner)) {
      part = inner;
      changed = true;
    }
    return true;
  };
  if (value.is(Kind::object)) {
    const std::span<Member> members = arena.array<Member>(value.members().size());
    for (Member member : value.members()) {
      if (stays(find(member.name), member.value)) members[kept++] = member;
    }
    out = Value::object(members.first(kept));
  } else if (value.is(Kind::list)) {
    const std::span<Value> items = arena.array<Value>(value.items().size());
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      Value item = value.items()[i];
      if (stays(find(i), item)) items[kept++] = item;
    }
    out = Value::list(items.first(kept));
  }
  if (!changed) arena.rewind(mark);
  return changed;
}

PathTree::Kept PathTree::keep(const Value& value, record::Arena& arena, Value& out) const {
  if (is_end_) return Kept::whole;
  std::size_t kept = 0;
  bool changed = false;
  const auto stays = [&](const PathTree* below, Value& part) {
    Value inner;
    const Kept result = below == nullptr ? Kept::nothing : below->keep(part, arena, inner);
    if (result == Kept::part) part = inner;
    changed |= result != Kept::whole;
    return result != Kept::nothing;
  };
  std::size_t size = 0;
  if (value.is(Kind::object)) {
    size = value.members().size();
    const std::span<Member> members = arena.array<Member>(size);
    for (Member member : value.members()) {
      if (stays(find(member.name), member.value)) members[kept++] = member;
    }
    out = Value::object(members.first(kept));
  } else if (value.is(Kind::list)) {
    size = value.items().size();
    const std::span<Value> items = arena.array<Value>(size);
    for (std::size_t i = 0; i < size; ++i) {
      Value item = value.items()[i];
      if (stays(find(i), item)) items[kept++] = item;
    }
    out = Value::list(items.first(kept));
  }
  if (kept == 0) return Kept::nothing;
  return changed ? Kept::part : Kept::whole;
}

}  // namespace hiveframe::transform
