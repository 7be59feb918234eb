// The evaluator's variables and fields, and the lists and maps that an expression makes.

#include <algorithm>
#include <chrono>

#include "pipeline/expr/evaluator.hpp"
#include "pipeline/expr/map_key.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

// What stands below the names in the record. False: it is absent.
inline bool Evaluator::find_field(std::span<const std::string_view> names, Value& out) {
  if (!draft_->record().tree) {
    const std::optional<Value> found = draft_->find(names);
    if (found) out = *found;
    return found.has_value();
  }
  const Value* at = &draft_->record().value;
  for (const std::string_view name : names) {
    at = at->find(name);
    if (at == nullptr) return false;
  }
  out = *at;
  return true;
}

// For a comparison, which lets go of it at once.
Value Evaluator::field(const Node& node) {
  const std::span<const std::string_view> names = code_.paths[node.a].names;
  if (!draft_->record().tree) return draft_->glance(names).value_or(Value());
  Value out;
  find_field(names, out);
  return out;
}

// What stands at a path. False: something of it is absent, and `missing` is the first such name.
bool Evaluator::find_path(const VariablePath& path, Value& out, std::string_view& missing) {
  std::span<const std::string_view> names = path.names;
  const Value* at = nullptr;
  Value whole;
  switch (path.variable) {
    case Variable::record: {
      if (names.empty()) {
        out = draft_->value();
        return true;
      }
      return find_field(names, out);
    }
    case Variable::key:
      at = draft_->record().envelope != nullptr ? &draft_->record().envelope->key : &whole;
      break;
    case Variable::meta:
      if (names.empty()) {
        out = draft_->storage().meta_object(draft_->record(), arena_);
        return true;
      }
      if (const std::optional<Value> meta = draft_->storage().meta(draft_->record(), names[0])) {
        whole = *meta;
        at = &whole;
      } else {
        return false;
      }
      names = names.subspan(1);
      break;
    case Variable::state:
      whole = Value::object({});
      at = inputs_.state != nullptr ? inputs_.state : &whole;
      break;
    case Variable::env:
      whole = Value::object({});
      at = inputs_.env != nullptr ? inputs_.env : &whole;
      break;
    case Variable::now: {
      using namespace std::chrono;
      const nanoseconds since = draft_->storage().read_at.time_since_epoch();
      const seconds whole_seconds = floor<seconds>(since);
      whole = Value::timestamp(whole_seconds.count(),
                               static_cast<std::uint32_t>((since - whole_seconds).count()));
      at = &whole;
      break;
    }
  }
  for (const std::string_view name : names) {
    at = at->find(name);
    if (at == nullptr) {
      missing = name;
      return false;
    }
  }
  out = *at;
  return true;
}

bool Evaluator::path(const Node& node, Value& out) {
  std::string_view missing;
  if (find_path(code_.paths[node.a], out, missing)) return true;
  if (node.strict) return fail(node, Fault::Kind::no_such_key, missing);
  out = Value();
  return true;
}

// Inside a macro the same path is asked for with every item, and a list may be long.
bool Evaluator::cached_path(const Node& node, Value& out) {
  Slot& slot = slots_[node.b];
  if (!slot.filled) {
    if (!path(node, slot.value)) return false;
    slot.filled = true;
  }
  out = slot.value;
  return true;
}

bool Evaluator::select(const Node& node, Value& out) {
  Value parent;
  const Value* member = nullptr;
  if (!evaluate(node.a, parent) || !find_member(node, parent, node.text, member)) return false;
  if (member != nullptr) {
    out = *member;
    return true;
  }
  if (node.strict) {
    if (parent.is(Kind::object)) return fail(node, Fault::Kind::no_such_key, node.text);
    return no_overload(node, Fault::Form::selection, node.text, &parent, 1);
  }
  out = Value();
  return true;
}

Truth Evaluator::has_field(const Node& node) {
  Value parent;
  const Value* member = nullptr;
  if (!evaluate(node.a, parent) || !find_member(node, parent, node.text, member)) return Truth::failed;
  if (node.strict && !parent.is(Kind::object)) {
    no_overload(node, Fault::Form::selection, node.text, &parent, 1);
    return Truth::failed;
  }
  return truth_of(member != nullptr);
}

bool Evaluator::index(const Node& node, Value& out) {
  Value operands[2];
  if (!evaluate(node.a, operands[0]) || !evaluate(node.b, operands[1])) return false;
  const auto& [parent, key] = operands;
  if (parent.is(Kind::object) && key.is(Kind::string)) {
    const Value* member = nullptr;
    if (!find_member(node, parent, key.text(), member)) return false;
    if (member != nullptr) {
      out = *member;
      return true;
    }
    if (node.strict) return fail(node, Fault::Kind::no_such_key, key.text());
    out = Value();
    return true;
  }
  if (parent.is(Kind::object)) {
    const Value* member = nullptr;
    std::string_view name;
    if (!find_key(node, parent, key, member, name)) return false;
    if (member != nullptr) {
      out = *member;
      return true;
    }
    if (node.strict && !name.empty()) return fail(node, Fault::Kind::no_such_key, name);
  }
  if (parent.is(Kind::list)) {
    // 1.0 and 1 are the same key in CEL.
    const bool whole_double =
        key.is(Kind::float64) && key.as_float64() >= 0 && key.as_float64() < 0x1p32 &&
        key.as_float64() == static_cast<double>(static_cast<std::uint64_t>(key.as_float64()));
    if (key.is(Kind::int64) || key.is(Kind::uint64) || whole_double) {
      const std::span<const Value> items = parent.items();
      const std::uint64_t at = whole_double ? static_cast<std::uint64_t>(key.as_float64()) : key.as_uint64();
      if (at < items.size()) {
        out = items[at];
        return true;
      }
      fail(node, Fault::Kind::bad_index, {}, key);
      fault_->size = items.size();
      return false;
    }
  }
  if (parent.is_null() && !node.strict) {
    out = Value();
    return true;
  }
  return no_overload(node, Fault::Form::index, {}, operands, 2);
}

bool Evaluator::list(const Node& node, Value& out) {
  if (!take(node, node.b * sizeof(Value))) return false;
  const auto items = arena_.array<Value>(node.b);
  for (std::uint32_t i = 0; i < node.b; ++i) {
    Value item;
    if (!evaluate(code_.operands[node.a + i], item)) return false;
    items[i] = item;
  }
  out = Value::list(items);
  return true;
}

bool Evaluator::map(const Node& node, Value& out) {
  if (!take(node, node.b * sizeof(record::Member))) return false;
  const auto members = arena_.array<record::Member>(node.b);
  for (std::uint32_t i = 0; i < node.b; ++i) {
    Value key;
    Value value;
    if (!evaluate(code_.operands[node.a + 2 * i], key)) return false;
    KeyRoom room;
    const std::optional<std::string_view> known = key_name(key, room);
    if (!known) return fail(node, Fault::Kind::bad_key, {}, key);
    if (!key.is(Kind::string) && !take(node, known->size())) return false;
    const std::string_view name = key.is(Kind::string) ? *known : arena_.copy(*known);
    const auto repeated = std::find_if(members.begin(), members.begin() + i,
                                       [&](const record::Member& each) { return each.name == name; });
    if (!spend(node, i)) return false;
    if (repeated != members.begin() + i) return fail(node, Fault::Kind::repeated_key, name);
    if (!evaluate(code_.operands[node.a + 2 * i + 1], value)) return false;
    members[i] = {name, value};
  }
  out = Value::object(members);
  return true;
}

}  // namespace hiveframe::expr
