// CEL's extension `math` (cel-go's ext/README.md, and the tests of google/cel-spec), for the 64 bits of
// integers.

#include <array>

#include "pipeline/expr/call.hpp"
#include "pipeline/expr/library.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

// The bits are those of an int, unless one of the integers is no int.
bool integer_of(Call& call, std::uint64_t bits, Value& out) {
  bool is_unsigned = call.is_unsigned();
  for (const Value& each : call.arguments())
    is_unsigned = is_unsigned || each.is(Kind::uint64);
  out = is_unsigned ? Value::uint64(bits) : Value::int64(static_cast<std::int64_t>(bits));
  return true;
}

std::uint64_t bits_of(const Value& integer) noexcept { return integer.as_uint64(); }

bool bit_and(Call& call, Value& out) { return integer_of(call, bits_of(call[0]) & bits_of(call[1]), out); }
bool bit_or(Call& call, Value& out) { return integer_of(call, bits_of(call[0]) | bits_of(call[1]), out); }
bool bit_xor(Call& call, Value& out) { return integer_of(call, bits_of(call[0]) ^ bits_of(call[1]), out); }
bool bit_not(Call& call, Value& out) { return integer_of(call, ~bits_of(call[0]), out); }

// By 64 and more, nothing is left; zeros come in from both sides, of a negative int, too.
bool shift(Call& call, bool left, Value& out) {
  const Value& by = call[1];
  if (by.is(Kind::int64) && by.as_int64() < 0)
    return call.bad_argument(by, "is no number of bits to shift by");
  const bool all = by.is(Kind::uint64) || by.as_int64() >= 64;
  const std::uint64_t bits = bits_of(call[0]);
  const std::uint64_t shifted = all ? 0 : left ? bits << by.as_int64() : bits >> by.as_int64();
  const bool is_unsigned = call.is_unsigned() || call[0].is(Kind::uint64);
  out = is_unsigned ? Value::uint64(shifted) : Value::int64(static_cast<std::int64_t>(shifted));
  return true;
}

bool shift_left(Call& call, Value& out) { return shift(call, true, out); }
bool shift_right(Call& call, Value& out) { return shift(call, false, out); }

constexpr TypeSet integers = set_of(Type::integer) | set_of(Type::unsigned_integer);
constexpr auto group = FunctionGroup::numbers;

constexpr Function of_bits(std::string_view name, std::uint8_t count, FunctionHelp help, Work work) {
  return {name,
          FunctionId::library,
          true,
          false,
          count,
          count,
          {integers, integers},
          Type::dyn,
          help,
          work,
          Trait::like_arguments | Trait::alike};
}

// What is shifted gives the type.
constexpr Function of_shift(std::string_view name, FunctionHelp help, Work work) {
  return {name,
          FunctionId::library,
          true,
          false,
          2,
          2,
          {integers, integers},
          Type::dyn,
          help,
          work,
          static_cast<std::uint8_t>(Trait::like_arguments)};
}

constexpr std::array<Function, 6> table{{
    of_bits(
        "math.bitAnd", 2,
        {group, "math.bitAnd(a, b)", "The bits that are set in both integers", "math.bitAnd(12, 10)", "8"},
        bit_and),
    of_bits("math.bitOr", 2,
            {group, "math.bitOr(a, b)", "The bits that are set in one or both", "math.bitOr(12, 10)", "14"},
            bit_or),
    of_bits("math.bitXor", 2,
            {group, "math.bitXor(a, b)", "The bits that are set in one of them", "math.bitXor(12, 10)", "6"},
            bit_xor),
    of_bits("math.bitNot", 1, {group, "math.bitNot(a)", "The bits that are not set", "math.bitNot(5)", "-6"},
            bit_not),
    of_shift("math.bitShiftLeft",
             {group, "math.bitShiftLeft(a, bits)", "Its bits moved up by so many", "math.bitShiftLeft(1, 10)",
              "1024"},
             shift_left),
    of_shift("math.bitShiftRight",
             {group, "math.bitShiftRight(a, bits)", "Its bits moved down by so many",
              "math.bitShiftRight(1024, 3)", "128"},
             shift_right),
}};

}  // namespace

std::span<const Function> bit_functions() noexcept { return table; }

}  // namespace hiveframe::expr
