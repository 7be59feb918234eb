#pragma once

#include <cstddef>
#include <cstdint>

#include "pipeline/expr/code.hpp"
#include "pipeline/expr/fault.hpp"
#include "pipeline/expr/program.hpp"

namespace hiveframe::expr {

/// One evaluation of a Code. Recursion is as deep as the expression, which the parser bounds.
class Evaluator {
 public:
  /// `draft` may be null for code that names no variable. New values stand in `arena`.
  Evaluator(const Code& code, record::Draft* draft, const Inputs& inputs, record::Arena& arena) noexcept
      : code_(code), draft_(draft), inputs_(inputs), arena_(arena) {}

  /// The value of a node. False: fault() says why there is none.
  bool run(std::uint32_t node, record::Value& out);
  [[nodiscard]] const Fault& fault() const noexcept { return fault_; }

 private:
  struct Slot {
    record::Value value;
    bool filled = false;
  };

  bool evaluate(std::uint32_t index, record::Value& out);
  bool find_path(const VariablePath& path, record::Value& out, std::string_view& missing);
  bool path(const Node& node, record::Value& out);
  bool cached_path(const Node& node, record::Value& out);
  bool select(const Node& node, record::Value& out);
  bool has_field(const Node& node, record::Value& out);
  bool index(const Node& node, record::Value& out);
  bool list(const Node& node, record::Value& out);
  bool map(const Node& node, record::Value& out);
  bool invert(const Node& node, record::Value& out);
  bool logic(const Node& node, bool deciding, record::Value& out);
  bool conditional(const Node& node, record::Value& out);
  bool equal(const Node& node, record::Value& out);
  bool in(const Node& node, record::Value& out);
  bool calculate(const Node& node, record::Value& out);
  bool join(const Node& node, const record::Value& left, const record::Value& right, record::Value& out);
  bool call(const Node& node, record::Value& out);
  bool apply(const Node& node, const record::Value* arguments, record::Value& out);
  bool calendar(const Node& node, const record::Value* arguments, record::Value& out);
  bool match(const Node& node, const record::Value& text, const record::Value& pattern, record::Value& out);
  bool matches(const Node& node, record::Value& out);

  /// The items a macro runs over: of a list, or the keys of a map.
  bool range(const Node& node, record::Value& over, std::size_t& size);
  bool bind(const Node& node, const record::Value& over, std::size_t item);
  bool quantify(const Node& node, bool deciding, record::Value& out);
  bool exists_one(const Node& node, record::Value& out);
  bool collect(const Node& node, record::Value& out);
  bool predicate(std::uint32_t index, const Node& macro, std::string_view name, bool& holds);

  bool take(const Node& node, std::size_t bytes);
  bool fail(const Node& node, Fault::Kind kind, std::string_view name = {});
  bool fail(const Node& node, Fault::Kind kind, std::string_view name, const record::Value& operand);
  bool located(const Node& node, bool good);
  bool no_overload(const Node& node, Fault::Form form, std::string_view name, const record::Value* operands,
                   std::size_t count);

  const Code& code_;
  record::Draft* draft_;
  const Inputs& inputs_;
  record::Arena& arena_;
  Slot* slots_ = nullptr;
  std::uint64_t steps_ = 0;
  std::size_t new_bytes_ = 0;
  Fault fault_;
};

}  // namespace hiveframe::expr
