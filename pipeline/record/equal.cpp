#include "pipeline/record/equal.hpp"

#include <algorithm>
#include <vector>

#include "pipeline/record/decimal.hpp"

namespace hiveframe::record {
namespace {

// Beyond this many members, names are found by sorting them rather than by looking along the object.
constexpr std::size_t many_members = 32;

std::vector<const Member*> by_name(std::span<const Member> members) {
  std::vector<const Member*> sorted;
  sorted.reserve(members.size());
  for (const Member& member : members)
    sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) { return a->name < b->name; });
  return sorted;
}

bool same(const Member& left, const Member& right) {
  return left.name == right.name && equal(left.value, right.value);
}

bool equal_members(const Value& left, const Value& right) {
  const auto ours = left.members();
  const auto theirs = right.members();
  if (ours.size() != theirs.size()) return false;
  std::size_t i = 0;
  while (i < ours.size() && ours[i].name == theirs[i].name) {
    if (!equal(ours[i].value, theirs[i].value)) return false;
    ++i;
  }
  if (i == ours.size()) return true;
  if (ours.size() > many_members) {
    const auto our_names = by_name(ours);
    const auto their_names = by_name(theirs);
    return std::equal(our_names.begin(), our_names.end(), their_names.begin(),
                      [](const Member* a, const Member* b) { return same(*a, *b); });
  }
  return std::all_of(ours.begin() + static_cast<std::ptrdiff_t>(i), ours.end(), [&](const Member& member) {
    const Value* other = right.find(member.name);
    return other != nullptr && equal(member.value, *other);
  });
}

}  // namespace

bool equal(const Value& left, const Value& right) {
  if (is_number(left) && is_number(right)) return compare_numbers(left, right) == 0;
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return left.as_boolean() == right.as_boolean();
    case Kind::string:
    case Kind::bytes:
      return left.text() == right.text();
    case Kind::timestamp:
      return left.seconds() == right.seconds() && left.nanos() == right.nanos() &&
             left.local() == right.local();
    case Kind::duration:
      return left.seconds() == right.seconds() && left.nanos() == right.nanos();
    case Kind::date:
      return left.days() == right.days();
    case Kind::list:
      return std::equal(left.items().begin(), left.items().end(), right.items().begin(), right.items().end(),
                        [](const Value& a, const Value& b) { return equal(a, b); });
    case Kind::object:
      return equal_members(left, right);
    default:
      return false;  // numbers were compared above
  }
}

}  // namespace hiveframe::record
