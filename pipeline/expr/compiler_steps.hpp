#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/code.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/expr/problem.hpp"

namespace hiveframe::expr {

/// A compiled part, and what is known of its value.
struct Part {
  std::uint32_t node = 0;
  Type type = Type::dyn;
  bool constant = false;
  bool is_unsigned = false;  ///< known to be a uint, though dyn() may hide it from the checker
  bool open = false;         ///< comes from a record: an absent field below it is null
};

/// Turns the tree of one expression into Code, checking types as far as they are known. Used once, by
/// compile(). Its operators are in compiler_steps.cpp, names and fields in compiler_names.cpp, functions
/// and macros in compiler_calls.cpp.
class CompilerSteps {
 public:
  CompilerSteps(Code& code, std::vector<Problem>& problems)
      : code_(code), problems_(problems), problems_before_(problems.size()) {}

  /// False if there were problems.
  bool run(const Ast& root);

 private:
  struct Bound {
    std::string_view name;
    bool open;
  };

  Part compile(const Ast& ast);
  void settle_keys(const Ast& root);
  Part literal(const Ast& ast);
  Part constant(const Ast& ast, const record::Value& value, Type type);
  Part identifier(const Ast& ast);
  Part variable(const Ast& ast, const VariablePath& path);
  /// `record.a['b c']` as a variable and names, if it is nothing else.
  std::optional<VariablePath> as_path(const Ast& ast);
  /// Notes that `ast`, which is the path, is read.
  void mention(const Ast& ast, const VariablePath& path);
  std::uint32_t path_index(const VariablePath& path);
  std::uint32_t cache_slot(std::uint32_t path);
  Part select(const Ast& ast);
  /// `a.b.c` as one text, empty for everything else and below a macro's variable.
  [[nodiscard]] std::string dotted(const Ast& ast) const;
  Part index(const Ast& ast);
  Part has(const Ast& ast);
  Part list(const Ast& ast);
  Part map(const Ast& ast);
  Part unary(const Ast& ast);
  Part binary(const Ast& ast);
  void shorten_comparison(Node& node) const;
  static std::string conversion_hint(const Ast& ast, Type left, Type right);
  Part logic(const Ast& ast, Op op);
  Part conditional(const Ast& ast);
  Part call(const Ast& ast);
  [[nodiscard]] bool is_qualified(const Ast& call) const;
  Part wrong_arguments(const Ast& ast, const std::string& name, bool method, const std::vector<Part>& parts);
  bool check_constants(const Ast& ast, const Function& function, const std::vector<Part>& parts);
  Part function_call(const Ast& ast, const Function& function, bool method, const std::vector<Part>& parts);
  Part matches(const Ast& ast, const std::vector<Part>& parts, std::string_view pattern);
  Part macro(const Ast& ast, Op op);
  std::vector<Part> compile_all(const std::vector<const Ast*>& children, std::size_t from);
  Node& add(const Ast& ast, Op op);
  [[nodiscard]] std::uint32_t last() const { return static_cast<std::uint32_t>(code_.nodes.size() - 1); }
  std::uint32_t operands(const std::vector<Part>& parts);
  /// A part all of whose operands are constant is settled now. One that fails is left to fail for each
  /// record, since `||` or `?:` may make that harmless; but a conversion that can never work is a slip, and
  /// is reported at `conversion_of`.
  Part fold(Part part, const std::vector<Part>& operands, const Ast* conversion_of = nullptr);
  /// Of an identifier: the innermost macro's variable of that name.
  [[nodiscard]] std::optional<std::size_t> find_bound(const Ast& identifier) const;
  [[nodiscard]] bool sound() const { return problems_.size() == problems_before_; }
  Part problem(const Ast& ast, std::string message, std::string hint);

  Code& code_;
  std::vector<Problem>& problems_;
  const std::size_t problems_before_;
  std::vector<Bound> bound_;
  std::vector<std::uint32_t> cached_paths_;
  std::uint32_t macro_slots_ = 0;
};

}  // namespace hiveframe::expr
