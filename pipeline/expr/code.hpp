#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/text.hpp"
#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/expr/mention.hpp"
#include "pipeline/expr/time_zone.hpp"
#include "pipeline/expr/type.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace re2 {
class RE2;
}

namespace hiveframe::expr {

/// What an expression may start from.
enum class Variable : std::uint8_t { record, key, meta, state, env, now };

enum class Op : std::uint8_t {
  constant,       ///< value
  field,          ///< what stands in the record at paths[a]; absent is null
  variable_path,  ///< the value at paths[a]; absent is null, or no such key if `strict`
  cached_path,    ///< the same, looked up once an evaluation and kept in slots[b]
  has_path,       ///< whether there is something at paths[a]
  slot,           ///< slots[a]: a macro's variable `text`
  select,         ///< nodes[a].text; absent is null unless `strict`
  has_field,      ///< whether nodes[a] has a member `text`
  index,          ///< nodes[a][nodes[b]]; an absent key is null unless `strict`
  list,           ///< of operands[a, a + b)
  map,            ///< of operands[a, a + 2b): key, value, key, value
  negate,         ///< -nodes[a]
  invert,         ///< !nodes[a]
  conjunction,    ///< operands[a, a + b) joined by &&
  disjunction,    ///< operands[a, a + b) joined by ||
  conditional,    ///< nodes[a] ? nodes[b] : nodes[c]
  equal,          ///< nodes[a] == nodes[b]
  not_equal,
  compare,      ///< nodes[a] `operation` nodes[b]
  field_equal,  ///< the field at paths[a] == value
  field_not_equal,
  field_compare,     ///< the field at paths[a] `operation` value
  compare_to_field,  ///< value `operation` the field at paths[a]
  in,                ///< nodes[a] in nodes[b]
  calculate,         ///< nodes[a] `operation` nodes[b]
  call,              ///< function(operands[a, a + b)); of the library, functions()[c]
  matches,           ///< nodes[a] contains a match of patterns[b]
  all,               ///< nodes[a].all(slots[b], nodes[c])
  exists,
  exists_one,
  filter,
  map_items,        ///< nodes[a].map(slots[b], nodes[c])
  filter_map_items  ///< nodes[a].map(slots[b], nodes[c], nodes[d])
};

/// One step of a compiled expression. Indexes are into Code's arrays.
struct Node {
  Op op = Op::constant;
  Operator operation = Operator::add;
  FunctionId function = FunctionId::size;
  bool strict = false;       ///< an absent name is an error
  bool is_unsigned = false;  ///< calculate: the result must be a uint. call of type(): the argument is one
  bool is_type = false;      ///< call of type(): the argument is a type itself
  bool as_method = false;    ///< call: for messages
  std::uint32_t offset = 0;  ///< byte of the expression, for messages
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  std::uint32_t d = 0;
  std::int32_t zone = -1;  ///< call: zones[zone] is the last argument, settled
  record::Value value;     ///< a constant; of a macro, an int: the work that each item is
  std::string_view text;
};

/// `record.a.b`: a variable and the names below it. The names stand in the arena of their Code.
struct VariablePath {
  Variable variable = Variable::record;
  std::span<const std::string_view> names;
};

/// A compiled expression: nodes that refer to each other by index, and what they need. Immutable once
/// compiled.
struct Code {
  Code();
  ~Code();

  config::LocatedText text;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> operands;
  std::vector<VariablePath> paths;
  std::vector<Mention> mentions;
  std::vector<std::unique_ptr<const re2::RE2>> patterns;
  std::vector<TimeZone> zones;
  record::Arena arena;  ///< text of constants and names
  std::uint32_t slots = 0;
  bool other_keys = false;  ///< it makes maps whose keys may be other than texts, see map_key.hpp
  std::uint32_t root = 0;
  Type type = Type::dyn;
};

}  // namespace hiveframe::expr
