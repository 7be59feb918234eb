// What the evaluator's work costs, and where it ends: most of it is comparing.

#include <algorithm>

#include "pipeline/expr/arithmetic.hpp"
#include "pipeline/expr/comparison.hpp"
#include "pipeline/expr/evaluator.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

bool Evaluator::too_much_memory(const Node& node) {
  fail(node, Fault::Kind::too_much_memory);
  fault_->size = inputs_.max_new_bytes;
  return false;
}

bool Evaluator::may_go_on(const Node& node) {
  if (work_ > max_work) return fail(node, Fault::Kind::too_much_work);
  if (inputs_.interrupted != nullptr && inputs_.interrupted->load(std::memory_order_relaxed))
    return fail(node, Fault::Kind::interrupted);
  next_look_ = std::min(work_ + work_between_looks, max_work);
  return true;
}

bool Evaluator::take(const Node& node, std::size_t bytes) {
  new_bytes_ += bytes;
  return new_bytes_ <= inputs_.max_new_bytes || too_much_memory(node);
}

namespace {

// Takes the bytes of a value and all that is in it away from `left`. False: there are not so many.
bool fits(const Value& value, std::size_t& left) {
  const auto use = [&left](std::size_t bytes) {
    const bool enough = bytes <= left;
    left -= std::min(bytes, left);
    return enough;
  };
  switch (value.kind()) {
    case Kind::string:
    case Kind::bytes:
    case Kind::decimal:
      return use(value.text().size());
    case Kind::list:
      return use(value.items().size_bytes()) &&
             std::all_of(value.items().begin(), value.items().end(),
                         [&](const Value& item) { return fits(item, left); });
    case Kind::object:
      return use(value.members().size_bytes()) &&
             std::all_of(value.members().begin(), value.members().end(), [&](const record::Member& each) {
               return use(each.name.size()) && fits(each.value, left);
             });
    default:
      return true;
  }
}

}  // namespace

// A macro may put parts of a record into a list as often as the record has items. That costs no memory until
// somebody writes it.
bool Evaluator::bounded(const Node& node, const Value& result) {
  if (!result.is(Kind::list) && !result.is(Kind::object)) return true;
  std::size_t left = inputs_.max_new_bytes;
  return fits(result, left) || too_much_memory(node);
}

// What most records hold is settled without a call.
inline Truth Evaluator::same(const Node& node, const Value& left, const Value& right) {
  constexpr std::size_t short_text = 64;
  if (left.is(Kind::string) && right.is(Kind::string) &&
      (left.text().size() <= short_text || left.text().size() != right.text().size())) {
    return truth_of(record::same_text(left.text(), right.text()));
  }
  if (left.is(Kind::int64) && right.is(Kind::int64)) return truth_of(left.as_int64() == right.as_int64());
  return same_slowly(node, left, right);
}

Truth Evaluator::same_slowly(const Node& node, const Value& left, const Value& right) {
  const std::uint64_t most = work_ < max_work ? max_work - work_ + 1 : 1;
  std::uint64_t rest = most;
  const bool alike = record::equal_within(left, right, rest);
  return spend(node, most - rest) ? truth_of(alike) : Truth::failed;
}

Truth Evaluator::equality(const Node& node) {
  Value left;
  Value right;
  if (!evaluate(node.a, left) || !evaluate(node.b, right)) return Truth::failed;
  const Truth alike = same(node, left, right);
  if (node.op == Op::equal || alike == Truth::failed) return alike;
  return truth_of(alike == Truth::no);
}

Truth Evaluator::in(const Node& node) {
  Value value;
  Value container;
  if (!evaluate(node.a, value) || !evaluate(node.b, container)) return Truth::failed;
  if (container.is(Kind::list)) {
    const std::span<const Value> items = container.items();
    std::size_t looked_at = 0;
    Truth found = Truth::no;
    while (found == Truth::no && looked_at < items.size())
      found = same(node, items[looked_at++], value);
    return found != Truth::failed && spend(node, looked_at) ? found : Truth::failed;
  }
  if (container.is(Kind::object)) {
    const Value* member = nullptr;
    std::string_view name;
    return find_key(node, container, value, member, name) ? truth_of(member != nullptr) : Truth::failed;
  }
  located(node, expr::no_overload(Operator::in, value, container, fault_.emplace()));
  return Truth::failed;
}

// The value of a map's member; nullptr of other values, and where there is none.
bool Evaluator::find_member(const Node& node, const Value& parent, std::string_view name,
                            const Value*& member) {
  member = nullptr;
  if (!parent.is(Kind::object)) return true;
  const std::span<const record::Member> all = parent.members();
  const std::size_t at = record::position(all, name);
  if (at < all.size()) member = &all[at].value;
  return spend(node, at);
}

}  // namespace hiveframe::expr
