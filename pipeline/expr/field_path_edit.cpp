// Field paths that change a record.

#include <algorithm>
#include <cassert>

#include "pipeline/expr/field_path.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Member;
using record::Value;
using Steps = std::span<const FieldPath::Step>;

std::string text_of(Steps steps) {
  return FieldPath(std::vector<FieldPath::Step>(steps.begin(), steps.end())).str();
}

/// Puts values at paths that differ in their last step only, so that what they stand in is copied once.
class Setter {
 public:
  Setter(std::span<const FieldPath> siblings, std::span<const Value> values, record::Arena& arena,
         record::DataError& error) noexcept
      : siblings_(siblings), values_(values), arena_(arena), error_(error), steps_(siblings[0].steps()) {}

  // The parent as it is once the values stand below it, at steps_[done...].
  bool put(const Value& parent, std::size_t done, Value& out) {
    if (done == steps_.size()) {
      out = values_[0];
      return true;
    }
    const FieldPath::Step& step = steps_[done];
    if (step.is_index) return put_item(parent, done, out);
    if (!parent.is(Kind::object) && !parent.is_null()) return fail(done, " is no object");
    if (done + 1 == steps_.size()) {
      out = with_members(parent);
      return true;
    }
    const std::span<const Member> before = members_of(parent);
    const std::size_t at = record::position(before, step.name);
    Value inner;
    if (!put(at < before.size() ? before[at].value : Value(), done + 1, inner)) return false;
    const std::span<Member> members = arena_.array<Member>(std::max(before.size(), at + 1));
    std::copy(before.begin(), before.end(), members.begin());
    members[at] = {at < before.size() ? before[at].name : step.name, inner};
    out = Value::object(members);
    return true;
  }

 private:
  bool put_item(const Value& parent, std::size_t done, Value& out) {
    const std::uint32_t index = steps_[done].index;
    if (!parent.is(Kind::list)) return fail(done, parent.is_null() ? " is absent" : " is no list");
    const std::span<const Value> old = parent.items();
    if (index >= old.size()) {
      return fail(done, " has " + std::to_string(old.size()) + (old.size() == 1 ? " item" : " items"));
    }
    Value inner;
    if (!put(old[index], done + 1, inner)) return false;
    const std::span<Value> items = arena_.array<Value>(old.size());
    std::copy(old.begin(), old.end(), items.begin());
    items[index] = inner;
    out = Value::list(items);
    return true;
  }

  // A copy of an object with each of the last names replaced or added.
  Value with_members(const Value& object) {
    const std::span<const Member> before = members_of(object);
    const std::span<Member> members = arena_.array<Member>(before.size() + siblings_.size());
    std::copy(before.begin(), before.end(), members.begin());
    std::size_t size = before.size();
    for (std::size_t i = 0; i < siblings_.size(); ++i) {
      const std::string_view name = siblings_[i].steps().back().name;
      const std::size_t at = record::position(before, name);
      if (at < before.size()) {
        members[at].value = values_[i];
      } else {
        members[size++] = {name, values_[i]};
      }
    }
    arena_.shrink_last(members.data(), members.size_bytes(), size * sizeof(Member));
    return Value::object(members.first(size));
  }

  static std::span<const Member> members_of(const Value& object) noexcept {
    return object.is(Kind::object) ? object.members() : std::span<const Member>();
  }

  bool fail(std::size_t done, const std::string& why) {
    std::string parent = "the record";
    if (done > 0) parent.assign("'").append(text_of(steps_.first(done))).append("'");
    error_.type = record::DataError::Type::value;
    error_.message = "cannot set '" + text_of(steps_) + "': " + parent + why;
    return false;
  }

  std::span<const FieldPath> siblings_;
  std::span<const Value> values_;
  record::Arena& arena_;
  record::DataError& error_;
  Steps steps_;  // of the first
};

// The parent without what stands below it at the steps. False: there is nothing.
bool take(const Value& parent, Steps steps, record::Arena& arena, Value& out) {
  const FieldPath::Step& step = steps[0];
  const Value* old = step.find_in(parent);
  if (old == nullptr) return false;
  Value inner;
  const bool stays = steps.size() > 1;
  if (stays && !take(*old, steps.subspan(1), arena, inner)) return false;
  if (step.is_index) {
    const std::span<const Value> items = parent.items();
    const std::span<Value> kept = arena.array<Value>(items.size() - (stays ? 0 : 1));
    std::size_t count = 0;
    for (const Value& item : items) {
      if (&item != old) kept[count++] = item;
      if (&item == old && stays) kept[count++] = inner;
    }
    out = Value::list(kept);
    return true;
  }
  const std::span<const Member> members = parent.members();
  const std::span<Member> kept = arena.array<Member>(members.size() - (stays ? 0 : 1));
  std::size_t count = 0;
  for (const Member& member : members) {
    if (&member.value != old) kept[count++] = member;
    if (&member.value == old && stays) kept[count++] = {member.name, inner};
  }
  out = Value::object(kept);
  return true;
}

}  // namespace

bool FieldPath::set(Value& root, const Value& value, record::Arena& arena, record::DataError& error) const {
  return set({this, 1}, root, {&value, 1}, arena, error);
}

bool FieldPath::set(std::span<const FieldPath> siblings, Value& root, std::span<const Value> values,
                    record::Arena& arena, record::DataError& error) {
  assert(!siblings.empty() && siblings.size() == values.size());
  Value changed;
  if (!Setter(siblings, values, arena, error).put(root, 0, changed)) return false;
  root = changed;
  return true;
}

bool FieldPath::remove(Value& root, record::Arena& arena) const {
  Value changed;
  if (!take(root, steps_, arena, changed)) return false;
  root = changed;
  return true;
}

}  // namespace hiveframe::expr
