#pragma once

#include <optional>
#include <string_view>

#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/lexer.hpp"

namespace hiveframe::expr {

/// What joins two operands, and how tightly: CEL's relations, sums and products.
struct Binary {
  int level;
  Operator op;
};
inline constexpr int relation_level = 1;
/// Above the tightest of them.
inline constexpr int unary_level = 4;

/// What a token, written as `text`, joins; nothing if it joins none.
std::optional<Binary> binary_operator(const Token& token, std::string_view text) noexcept;

}  // namespace hiveframe::expr
