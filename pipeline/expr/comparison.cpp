#include "pipeline/expr/comparison.hpp"

#include <algorithm>
#include <compare>

#include "pipeline/expr/arithmetic.hpp"
#include "pipeline/record/decimal.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

namespace {

bool decide(Operator op, std::partial_ordering order) noexcept {
  switch (op) {
    case Operator::less:
      return order < 0;
    case Operator::less_equal:
      return order <= 0;
    case Operator::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

}  // namespace

std::uint64_t comparison_work(const Value& left, const Value& right) noexcept {
  const auto is_text = [](const Value& value) { return value.is(Kind::string) || value.is(Kind::bytes); };
  if (is_text(left) && is_text(right)) return std::min(left.text().size(), right.text().size()) / 4;
  return record::comparison_work(left, right);
}

bool compare(Operator op, const Value& left, const Value& right, bool& out, Fault& fault) {
  std::partial_ordering order = std::partial_ordering::unordered;
  if (record::is_number(left) && record::is_number(right)) {
    order = record::compare_numbers(left, right);
  } else if (left.kind() != right.kind()) {
    return no_overload(op, left, right, fault);
  } else {
    switch (left.kind()) {
      case Kind::string:
      case Kind::bytes:
        order = left.text() <=> right.text();
        break;
      case Kind::boolean:
        order = left.as_boolean() <=> right.as_boolean();
        break;
      case Kind::date:
        order = left.days() <=> right.days();
        break;
      case Kind::timestamp:
        if (left.local() != right.local()) return no_overload(op, left, right, fault);
        [[fallthrough]];
      case Kind::duration:
        order = left.seconds() <=> right.seconds();
        if (order == 0) order = left.nanos() <=> right.nanos();
        break;
      default:
        return no_overload(op, left, right, fault);
    }
  }
  out = decide(op, order);
  return true;
}

}  // namespace hiveframe::expr
