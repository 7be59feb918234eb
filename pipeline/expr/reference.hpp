#pragma once

#include <string_view>
#include <vector>

namespace hiveframe::expr {

/// One thing that an expression may hold, in words.
struct ReferenceEntry {
  std::string_view name;       ///< "size"; empty for an operator
  std::string_view signature;  ///< how it is written: "text.contains(part)"
  std::string_view help;       ///< one line, no full stop
  std::string_view example;    ///< an expression
  std::string_view result;     ///< what the example gives, as JSON; empty: that is up to the record
};

/// What is shown under one heading.
struct ReferenceGroup {
  std::string_view title;
  std::vector<ReferenceEntry> entries;
};

/// The language's variables, operators and functions, made of the tables that the compiler works with. The
/// texts live as long as the program.
std::vector<ReferenceGroup> language_reference();

}  // namespace hiveframe::expr
