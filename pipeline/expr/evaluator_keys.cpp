// The evaluator's maps with keys that are no texts.

#include <algorithm>

#include "pipeline/expr/evaluator.hpp"
#include "pipeline/expr/map_key.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Member;
using record::Value;

namespace {

bool is_container(const Value& value) noexcept { return value.is(Kind::list) || value.is(Kind::object); }

/// Of two lists or two maps: whether they are one.
bool is_same(const Value& left, const Value& right) noexcept {
  return left.is(Kind::list) ? left.items().data() == right.items().data()
                             : left.members().data() == right.members().data();
}

}  // namespace

bool Evaluator::find_key(const Node& node, const Value& map, const Value& key, const Value*& member,
                         std::string_view& name) {
  KeyRoom room;
  const std::optional<std::string_view> wanted = wanted_name(key, room);
  member = nullptr;
  name = {};
  if (!wanted) return true;
  if (!find_member(node, map, *wanted, member)) return false;
  // What stands in the room is needed for messages only.
  if (member == nullptr) name = key.is(Kind::string) ? *wanted : arena_.copy(*wanted);
  return true;
}

// Maps as records have them: with texts for keys, as JSON writes them. What has no other keys stays.
bool Evaluator::plain_keys(const Node& node, Value& value) {
  if (value.is(Kind::object)) return plain_members(node, value);
  if (!value.is(Kind::list)) return true;
  const std::span<const Value> items = value.items();
  if (!spend(node, 1 + items.size())) return false;
  std::span<Value> changed;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Value item = items[i];
    if (!plain_keys(node, item)) return false;
    if (!is_container(item) || is_same(item, items[i])) continue;
    if (changed.empty()) {
      if (!take(node, items.size_bytes())) return false;
      changed = arena_.array<Value>(items.size());
      std::copy(items.begin(), items.end(), changed.begin());
    }
    changed[i] = item;
  }
  if (!changed.empty()) value = Value::list(changed);
  return true;
}

bool Evaluator::plain_members(const Node& node, Value& map) {
  const std::span<const Member> members = map.members();
  if (!spend(node, 1 + members.size())) return false;
  std::span<Member> changed;
  bool has_other = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    Member member = members[i];
    if (!plain_keys(node, member.value)) return false;
    const bool is_other = is_other_key(member.name);
    if (!is_other && (!is_container(member.value) || is_same(member.value, members[i].value))) continue;
    if (changed.empty()) {
      if (!take(node, members.size_bytes())) return false;
      changed = arena_.array<Member>(members.size());
      std::copy(members.begin(), members.end(), changed.begin());
    }
    changed[i] = {key_text(member.name), member.value};
    has_other = has_other || is_other;
  }
  if (changed.empty()) return true;
  // 1 and '1' are two keys, and would become one.
  for (std::size_t i = 1; has_other && i < changed.size(); ++i) {
    if (!spend(node, i)) return false;
    if (record::position(changed.first(i), changed[i].name) != i)
      return fail(node, Fault::Kind::repeated_key, changed[i].name);
  }
  map = Value::object(changed);
  return true;
}

}  // namespace hiveframe::expr
