#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "pipeline/expr/code.hpp"
#include "pipeline/expr/fault.hpp"
#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/program.hpp"

namespace hiveframe::expr {

/// What a condition gives: a value of another type is no condition, and an error is no value.
enum class Truth : std::uint8_t { no, yes, other, failed };
inline Truth truth_of(bool holds) noexcept { return holds ? Truth::yes : Truth::no; }

/// One evaluation of a Code. Recursion is as deep as the expression, which the parser bounds.
class Evaluator {
 public:
  /// `draft` may be null for code that names no variable. New values stand in `arena`.
  Evaluator(const Code& code, record::Draft* draft, const Inputs& inputs, record::Arena& arena) noexcept
      : code_(code), draft_(draft), inputs_(inputs), arena_(arena) {}

  /// The value of a node. False: fault() says why there is none.
  bool run(std::uint32_t node, record::Value& out) {
    if (code_.slots == 0) return evaluate(node, out);
    make_slots();
    return evaluate(node, out) && (new_bytes_ == 0 || bounded(code_.nodes[node], out));
  }
  /// The same where true or false is wanted; `other` is set to a value that is neither.
  Truth test(std::uint32_t node, record::Value& other) {
    if (code_.slots != 0) make_slots();
    return truth(node, other);
  }
  /// For a value that leaves the evaluation, of a Code with other_keys: every key of a map becomes a text.
  /// False: fault() says why not.
  bool plain_keys(std::uint32_t node, record::Value& value) { return plain_keys(code_.nodes[node], value); }
  [[nodiscard]] const Fault& fault() const noexcept { return *fault_; }

 private:
  friend class Call;  // which does what functions of the library want

  struct Slot {
    record::Value value;
    bool filled = false;
  };

  void make_slots();
  bool evaluate(std::uint32_t index, record::Value& out);
  Truth truth(std::uint32_t index, record::Value& other);
  bool find_field(std::span<const std::string_view> names, record::Value& out);
  record::Value field(const Node& node);
  bool find_path(const VariablePath& path, record::Value& out, std::string_view& missing);
  bool path(const Node& node, record::Value& out);
  bool cached_path(const Node& node, record::Value& out);
  bool select(const Node& node, record::Value& out);
  Truth has_field(const Node& node);
  bool index(const Node& node, record::Value& out);
  bool list(const Node& node, record::Value& out);
  bool map(const Node& node, record::Value& out);
  Truth invert(const Node& node);
  Truth logic(const Node& node, Truth deciding);
  bool conditional(const Node& node, record::Value& out);
  Truth order(const Node& node, const record::Value& left, const record::Value& right);
  Truth order_of_others(const Node& node, const record::Value& left, const record::Value& right);
  Truth equality(const Node& node);
  Truth in(const Node& node);
  Truth same(const Node& node, const record::Value& left, const record::Value& right);
  Truth same_slowly(const Node& node, const record::Value& left, const record::Value& right);
  bool find_member(const Node& node, const record::Value& parent, std::string_view name,
                   const record::Value*& member);
  /// `member` is null where the map has no such key, and `name` then says which; it is empty for what is no
  /// key of any map.
  bool find_key(const Node& node, const record::Value& map, const record::Value& key,
                const record::Value*& member, std::string_view& name);
  bool plain_keys(const Node& node, record::Value& value);
  bool plain_members(const Node& node, record::Value& map);
  bool calculate(const Node& node, record::Value& out);
  bool join(const Node& node, const record::Value& left, const record::Value& right, record::Value& out);
  bool call(const Node& node, record::Value& out);
  bool call_library(const Node& node, record::Value& out);
  bool apply(const Node& node, const record::Value* arguments, record::Value& out);
  bool calendar(const Node& node, const record::Value* arguments, record::Value& out);
  bool turn_into(const Node& node, const record::Value& value, record::Value& out);
  bool contains(const Node& node, std::string_view text, std::string_view part, record::Value& out);
  bool match(const Node& node, const record::Value& text, const record::Value& pattern, record::Value& out);
  Truth matches(const Node& node);
  bool search(const Node& node, std::string_view text, const re2::RE2& pattern, bool& found);

  /// The items a macro runs over: of a list, or the keys of a map.
  bool range(const Node& node, record::Value& over, std::size_t& size);
  bool bind(const Node& node, const record::Value& over, std::size_t item);
  Truth quantify(const Node& node, Truth deciding);
  Truth exists_one(const Node& node);
  bool collect(const Node& node, record::Value& out);
  Truth predicate(std::uint32_t index, const Node& macro, std::string_view name);

  /// Counts work before or after it is done; see limits.hpp. False: it is too much, or no longer wanted.
  bool spend(const Node& node, std::uint64_t work) {
    work_ += work;
    return work_ <= next_look_ || may_go_on(node);
  }
  bool spend_text(const Node& node, std::size_t bytes) { return spend(node, bytes / 4); }
  bool may_go_on(const Node& node);
  /// Counts bytes of new values.
  bool take(const Node& node, std::size_t bytes);
  bool bounded(const Node& node, const record::Value& result);
  bool too_much_memory(const Node& node);
  bool fail(const Node& node, Fault::Kind kind, std::string_view name = {});
  bool fail(const Node& node, Fault::Kind kind, std::string_view name, const record::Value& operand);
  bool not_condition(const Node& node, std::string_view name, std::uint32_t operand,
                     const record::Value& value);
  bool located(const Node& node, bool good);
  bool no_overload(const Node& node, Fault::Form form, std::string_view name, const record::Value* operands,
                   std::size_t count);

  const Code& code_;
  record::Draft* draft_;
  const Inputs& inputs_;
  record::Arena& arena_;
  Slot* slots_ = nullptr;
  std::uint64_t work_ = 0;
  std::uint64_t next_look_ = work_between_looks;
  std::size_t new_bytes_ = 0;
  std::optional<Fault> fault_;  // most evaluations have none, and are not to pay for one
};

}  // namespace hiveframe::expr
