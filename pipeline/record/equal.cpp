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

/// One comparison, with what is left of the work that it may be.
class Comparison {
 public:
  explicit Comparison(std::uint64_t& work) noexcept : work_(work) {}

  bool equal(const Value& left, const Value& right) {
    if (is_number(left) && is_number(right)) {
      return spend(comparison_work(left, right)) && compare_numbers(left, right) == 0;
    }
    if (left.kind() != right.kind()) return false;
    switch (left.kind()) {
      case Kind::null:
        return true;
      case Kind::boolean:
        return left.as_boolean() == right.as_boolean();
      case Kind::string:
      case Kind::bytes:
        return left.text().size() == right.text().size() && spend(left.text().size() / bytes_of_work) &&
               left.text() == right.text();
      case Kind::timestamp:
        return left.seconds() == right.seconds() && left.nanos() == right.nanos() &&
               left.local() == right.local();
      case Kind::duration:
        return left.seconds() == right.seconds() && left.nanos() == right.nanos();
      case Kind::date:
        return left.days() == right.days();
      case Kind::list:
        return equal_items(left.items(), right.items());
      case Kind::object:
        return equal_members(left, right);
      default:
        return false;  // numbers were compared above
    }
  }

 private:
  bool spend(std::uint64_t work) noexcept {
    work_ -= std::min(work_, work);
    return work_ > 0;
  }

  bool equal_items(std::span<const Value> left, std::span<const Value> right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [this](const Value& a, const Value& b) { return spend(1) && equal(a, b); });
  }

  bool equal_members(const Value& left, const Value& right) {
    const auto ours = left.members();
    const auto theirs = right.members();
    if (ours.size() != theirs.size()) return false;
    std::size_t i = 0;
    while (i < ours.size() && ours[i].name == theirs[i].name) {
      if (!spend(1) || !equal(ours[i].value, theirs[i].value)) return false;
      ++i;
    }
    if (i == ours.size()) return true;
    if (ours.size() > many_members) {
      if (!spend(ours.size() * work_of_sorting)) return false;
      const auto our_names = by_name(ours);
      const auto their_names = by_name(theirs);
      return std::equal(our_names.begin(), our_names.end(), their_names.begin(),
                        [this](const Member* a, const Member* b) {
                          return a->name == b->name && equal(a->value, b->value);
                        });
    }
    return std::all_of(ours.begin() + static_cast<std::ptrdiff_t>(i), ours.end(), [&](const Member& member) {
      const Value* other = right.find(member.name);
      return spend(ours.size()) && other != nullptr && equal(member.value, *other);
    });
  }

  static constexpr std::size_t bytes_of_work = 4;
  static constexpr std::uint64_t work_of_sorting = 16;  // a member among very many

  std::uint64_t& work_;
};

}  // namespace

bool equal(const Value& left, const Value& right) {
  std::uint64_t work = UINT64_MAX;
  return Comparison(work).equal(left, right);
}

bool equal_within(const Value& left, const Value& right, std::uint64_t& work) {
  return Comparison(work).equal(left, right) && work > 0;
}

}  // namespace hiveframe::record
