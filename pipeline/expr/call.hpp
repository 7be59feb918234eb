#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "pipeline/expr/evaluator.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// One call of a function of the library: its arguments, where its result goes, and what it may take. All
/// work that grows with the arguments is spent, and all bytes made are taken, before they are. Made by the
/// evaluator on the stack.
class Call {
 public:
  Call(Evaluator& evaluator, const Node& node, std::span<const record::Value> arguments) noexcept
      : evaluator_(evaluator), node_(node), arguments_(arguments) {}

  [[nodiscard]] std::size_t size() const noexcept { return arguments_.size(); }
  [[nodiscard]] std::span<const record::Value> arguments() const noexcept { return arguments_; }
  const record::Value& operator[](std::size_t i) const noexcept { return arguments_[i]; }
  /// Of an argument that is string or bytes.
  [[nodiscard]] std::string_view text(std::size_t i) const noexcept { return arguments_[i].text(); }
  /// Whether the first argument is known to be a uint, however small.
  [[nodiscard]] bool is_unsigned() const noexcept { return node_.is_unsigned; }
  /// The time zone that is written in the expression; nullptr: none.
  [[nodiscard]] const TimeZone* zone() const noexcept;

  record::Arena& arena() noexcept { return evaluator_.arena_; }
  [[nodiscard]] const Inputs& inputs() const noexcept { return evaluator_.inputs_; }

  // Each returns false if that is too much: then there is a fault.
  bool spend(std::uint64_t work) { return evaluator_.spend(node_, work); }
  bool spend_text(std::size_t bytes) { return evaluator_.spend_text(node_, bytes); }
  bool take(std::size_t bytes) { return evaluator_.take(node_, bytes); }
  /// How many more may be taken.
  [[nodiscard]] std::size_t bytes_left() const noexcept;

  /// Makes all keys of maps texts, as JSON has them.
  bool plain_keys(record::Value& value) {
    return !evaluator_.code_.other_keys || evaluator_.plain_keys(node_, value);
  }

  // Each says why there is no result, and returns false.
  bool no_overload();
  bool overflow() { return evaluator_.fail(node_, Fault::Kind::overflow, node_.text); }
  /// `value` names no place in a text of that many characters.
  bool bad_position(const record::Value& value, std::size_t size);
  /// The message is `value` and then `what`: "'x' is no …". `what` stands in a literal or the arena.
  bool bad_argument(const record::Value& value, std::string_view what) {
    return evaluator_.fail(node_, Fault::Kind::bad_argument, what, value);
  }
  bool bad_zone(const record::Value& zone) { return evaluator_.fail(node_, Fault::Kind::bad_zone, {}, zone); }

 private:
  Evaluator& evaluator_;
  const Node& node_;
  std::span<const record::Value> arguments_;
};

}  // namespace hiveframe::expr
