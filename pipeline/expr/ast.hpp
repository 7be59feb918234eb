#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

enum class Operator : std::uint8_t {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  negate,
  invert,  // !
};

/// As it is written: "+", "in".
std::string_view symbol(Operator op) noexcept;

/// An expression as written, before names mean anything.
struct Ast {
  enum class Kind : std::uint8_t {
    literal,
    identifier,  ///< name
    select,      ///< children[0].name
    index,       ///< children[0][children[1]]
    call,    ///< name(children…); a method if `method`, then children[0] is what stands before the point
    list,    ///< [children…]
    map,     ///< {children[0]: children[1], …}
    unary,   ///< op children[0]
    binary,  ///< children[0] op children[1]
    conjunction,  ///< children joined by &&, two or more
    disjunction,  ///< children joined by ||, two or more
    conditional,  ///< children[0] ? children[1] : children[2]
  };

  Kind kind = Kind::literal;
  Operator op = Operator::add;
  bool method = false;
  bool is_unsigned = false;  ///< of a literal: 1u
  bool outermost = false;    ///< of an identifier: .name, which no macro's variable hides
  std::size_t depth = 1;
  std::size_t begin = 0;  ///< the token that names it: an operator, a function, a field
  std::size_t end = 0;
  std::string_view name;
  record::Value literal;
  std::vector<const Ast*> children;
};

/// Owns the nodes and the text of literals. Lives as long as a compilation.
struct AstTree {
  std::deque<Ast> nodes;
  std::deque<std::string> texts;
  const Ast* root = nullptr;
};

}  // namespace hiveframe::expr
