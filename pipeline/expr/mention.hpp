#pragma once

#include <cstddef>
#include <string_view>

namespace hiveframe::expr {

/// A variable that an expression reads. Lives as long as its Program.
struct Mention {
  std::string_view variable;  ///< "record", "meta"
  std::string_view member;    ///< the one it names of it, "path" of meta.path; empty: all, or a computed one
  std::size_t begin = 0;      ///< where the member stands, or the variable, in the expression's text
  std::size_t end = 0;
};

}  // namespace hiveframe::expr
