#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// Why an evaluation failed, as plain data: `error || true` makes one for every record and throws it away,
/// so nothing is put into words before somebody wants to read it. Its text lives as long as the record.
struct Fault {
  enum class Kind : std::uint8_t {
    no_overload,      ///< `name` is not defined for these operands
    overflow,         ///< the result of `name` is out of its type's range
    divide_by_zero,   ///< name is "/" or "%"
    no_such_key,      ///< `name` in a map, as map_key.hpp has it
    bad_index,        ///< operands[0] into a list of `size` items
    not_convertible,  ///< operands[0] is no `name`
    out_of_range,     ///< operands[0] is beyond the range of `name`
    not_utf8,         ///< bytes as string
    bad_pattern,      ///< operands[0] is no regular expression: `name` says why
    bad_zone,         ///< operands[0] is no time zone that can be known here
    bad_key,          ///< operands[0] as a key of a map
    repeated_key,     ///< `name` twice in one map, as map_key.hpp has it
    bad_position,     ///< operands[0] in a text of `size` characters
    bad_argument,     ///< operands[0], and `name` says what of it
    not_condition,    ///< operands[0] where true or false is wanted; `name` is what wants it
    too_much_work,
    too_much_memory,
    interrupted,  ///< nobody waits for it any more
  };
  /// How no_overload shows its operands.
  enum class Form : std::uint8_t { prefix, infix, function, method, index, selection };

  static constexpr std::size_t max_operands = 4;

  Kind kind = Kind::no_overload;
  Form form = Form::infix;
  std::uint8_t count = 0;
  std::uint32_t offset = 0;  ///< byte of the expression
  std::uint32_t node = 0;    ///< the step that failed; of not_condition, the one that gave no condition
  std::string_view name;
  std::size_t size = 0;
  record::Value operands[max_operands];
};

/// Whether it ends the evaluation, whatever `&&`, `||`, all() or exists() make of other faults.
constexpr bool is_final(Fault::Kind kind) noexcept { return kind >= Fault::Kind::too_much_work; }

/// In words, without the place.
std::string describe(const Fault& fault);

}  // namespace hiveframe::expr
