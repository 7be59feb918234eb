#include "pipeline/expr/advice.hpp"

#include <algorithm>

#include "pipeline/expr/names.hpp"

namespace hiveframe::expr {
namespace {

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

std::string below(std::string parent, std::string_view name) {
  if (is_identifier(name)) return parent.append(".").append(name);
  parent += "['";
  for (const char c : name) {
    if (c == '\'' || c == '\\') parent += '\\';
    parent += c;
  }
  return parent + "']";
}

std::string written(const VariablePath& path) {
  std::string text(name_of(path.variable));
  for (const std::string_view name : path.names)
    text = below(std::move(text), name);
  return text;
}

// What a step reads, as one would write it; empty if it computes something.
std::string written(const Code& code, const Node& node) {
  switch (node.op) {
    case Op::field:
    case Op::variable_path:
    case Op::cached_path:
      return written(code.paths[node.a]);
    case Op::slot:
      return std::string(node.text);
    case Op::select: {
      const std::string parent = written(code, code.nodes[node.a]);
      return parent.empty() ? parent : below(parent, node.text);
    }
    case Op::index: {
      const std::string parent = written(code, code.nodes[node.a]);
      const Node& key = code.nodes[node.b];
      if (parent.empty() || key.op != Op::constant) return {};
      if (key.value.is(record::Kind::string)) return below(parent, key.value.text());
      return key.value.is(record::Kind::int64) ? parent + "[" + std::to_string(key.value.as_int64()) + "]"
                                               : "";
    }
    default:
      return {};
  }
}

std::string operand(const Code& code, const Node& node, std::size_t i) {
  switch (node.op) {
    case Op::field_compare:
      return i == 0 ? written(code.paths[node.a]) : std::string();
    case Op::compare_to_field:
      return i == 1 ? written(code.paths[node.a]) : std::string();
    case Op::call:
      return written(code, code.nodes[code.operands[node.a + i]]);
    case Op::calculate:
    case Op::compare:
    case Op::in:
    case Op::index:
      return written(code, code.nodes[i == 0 ? node.a : node.b]);
    case Op::negate:
    case Op::invert:
    case Op::matches:
    case Op::all:
    case Op::exists:
    case Op::exists_one:
    case Op::filter:
    case Op::map_items:
    case Op::filter_map_items:
      return i == 0 ? written(code, code.nodes[node.a]) : std::string();
    default:
      return {};
  }
}

bool decides(const Node& node) {
  switch (node.op) {
    case Op::field_compare:
    case Op::compare_to_field:
    case Op::compare:
    case Op::in:
    case Op::matches:
    case Op::all:
    case Op::exists:
    case Op::exists_one:
      return true;
    case Op::call:
      return node.function >= FunctionId::contains && node.function <= FunctionId::matches;
    default:
      return false;
  }
}

// What an operand may be in place of null, to go with the other one.
std::string_view default_beside(Type other) {
  switch (other) {
    case Type::string:
      return "''";
    case Type::list:
      return "[]";
    case Type::duration:
      return "duration('0s')";
    case Type::integer:
    case Type::unsigned_integer:
    case Type::floating:
    case Type::decimal:
      return "0";
    default:
      return "…";
  }
}

// A time that came as text, as it does in JSON.
std::string about_text_as_time(const Fault& fault, const Node& node, const std::string& name) {
  const bool of_time =
      node.op == Op::call && (node.function >= FunctionId::get_full_year || node.text == "format_time");
  if (!of_time || !fault.operands[0].is(record::Kind::string)) return {};
  return "; it is a text, try timestamp(" + (name.empty() ? "…" : name) + ")";
}

}  // namespace

std::string advice(const Fault& fault, const Code& code) {
  if (fault.kind == Fault::Kind::too_much_work) {
    return "; it goes through long lists or texts again and again: filter() them before, or look at each "
           "once";
  }
  const Node& node = code.nodes[fault.node];
  if (fault.kind == Fault::Kind::not_condition && fault.operands[0].is_null()) {
    const std::string name = written(code, node);
    return name.empty() ? name : "; " + name + " is null or absent, try " + name + " == true";
  }
  if (fault.kind != Fault::Kind::no_overload) return {};
  std::size_t i = 0;
  while (i < fault.count && !fault.operands[i].is_null())
    ++i;
  if (i == fault.count) return about_text_as_time(fault, node, operand(code, node, 0));
  const std::string name = operand(code, node, i);
  if (name.empty()) return {};
  const std::string begin = "; " + name + " is null or absent, try ";
  if (node.op == Op::invert) return begin + name + " != true";
  if (decides(node)) return begin + name + " != null && …";
  Type other = node.op == Op::negate ? Type::integer : Type::dyn;
  if (node.op == Op::calculate) other = type_of(fault.operands[1 - i]);
  return begin + "(" + name + " != null ? " + name + " : " + std::string(default_beside(other)) + ")";
}

}  // namespace hiveframe::expr
