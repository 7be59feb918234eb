#include "pipeline/codec/avro/plan_builder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "pipeline/codec/avro/datum.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::Value;

std::size_t added(std::size_t a, std::size_t b) noexcept {
  return a > std::numeric_limits<std::size_t>::max() / 2 ? a : a + std::min<std::size_t>(b, 1U << 31U);
}

}  // namespace

void set_give(Node& node, const Type& writer, const Type& reader) noexcept {
  // Of two that mean the same moment the writer's says in which units it is.
  const Type& meaning = writer.logical != Logical::none && reader.logical != Logical::none ? writer : reader;
  switch (meaning.logical) {
    case Logical::none:
      break;
    case Logical::decimal:
      node.give = Node::Give::decimal;
      node.scale = meaning.scale;
      return;
    case Logical::date:
      node.give = Node::Give::date;
      return;
    case Logical::uuid:
      // As a string it is one already.
      if (writer.kind == Kind::fixed) {
        node.give = Node::Give::uuid;
        return;
      }
      break;
    default:
      node.give = is_timestamp(meaning.logical) ? Node::Give::timestamp : Node::Give::time_of_day;
      node.local = is_local_timestamp(meaning.logical);
      node.per_second = units_per_second(meaning.logical);
      return;
  }
  switch (reader.kind) {
    case Kind::float32:
      node.give = Node::Give::float32;
      break;
    case Kind::float64:
      node.give = Node::Give::float64;
      break;
    case Kind::string:
      node.give = Node::Give::string;
      break;
    case Kind::bytes:
    case Kind::fixed:
      node.give = Node::Give::bytes;
      break;
    default:
      break;
  }
}

Node& PlanBuilder::add(Node::Read read) {
  Node& node = plan_.nodes_.emplace_back();
  node.read = read;
  return node;
}

const Node* PlanBuilder::impossible(const Type& writer, const Type& reader, const std::string& why) {
  Node& node = add(Node::Read::impossible);
  node.problem =
      "the writer's " + writer.described() + " cannot be read as the reader's " + reader.described() + why;
  return &node;
}

const Node* PlanBuilder::resolve(const Type& writer, const Type& reader) {
  if (exhausted()) return &add(Node::Read::impossible);
  if (writer.kind == Kind::alternatives) return writers_alternatives(writer, reader);
  if (reader.kind == Kind::alternatives) {
    const std::optional<std::size_t> branch = match_.branch_for(writer, reader);
    if (branch) return resolve(writer, *reader.branches[*branch]);
    return impossible(writer, reader, "");
  }
  if (!go_together(writer, reader)) return impossible(writer, reader, "");
  switch (writer.kind) {
    case Kind::record:
      return record(writer, reader);
    case Kind::enumeration:
      return enumeration(writer, reader);
    case Kind::array:
    case Kind::map:
      return elements(writer, reader);
    default:
      return scalar(writer, reader);
  }
}

const Node* PlanBuilder::writers_alternatives(const Type& writer, const Type& reader) {
  Node& node = add(Node::Read::alternatives);
  node.least = 1;
  for (std::size_t i = 0; i < writer.branches.size(); ++i) {
    // Of one and the same union each branch is itself, whatever others it could become.
    const Type& branch = *writer.branches[i];
    node.branches.push_back(resolve(branch, &writer == &reader ? branch : reader));
  }
  return &node;
}

const Node* PlanBuilder::record(const Type& writer, const Type& reader) {
  const auto [place, is_new] = records_.try_emplace({&writer, &reader}, nullptr);
  if (!is_new) return place->second;
  Node& node = add(Node::Read::record);
  place->second = &node;
  const auto from = fields_from(writer, reader);
  for (std::size_t i = 0; i < reader.fields.size(); ++i) {
    const Field& field = reader.fields[i];
    node.form.push_back({field.name, Value()});
    if (from[i]) continue;
    if (!field.default_octets) {
      node.read = Node::Read::impossible;
      node.problem =
          "the reader's record " + reader.name + " has a field '" + field.name +
          "' that the writer's lacks, and " +
          (field.default_problem.empty() ? "it has no default"
                                         : "its default cannot be used (" + field.default_problem + ")");
      return &node;
    }
    node.form.back().value = default_of(field);
  }
  for (std::size_t w = 0; w < writer.fields.size(); ++w) {
    const Type& type = *writer.fields[w].type;
    const auto into = std::find(from.begin(), from.end(), static_cast<std::uint32_t>(w));
    Node::Step step;
    step.name = writer.fields[w].name;
    if (into == from.end()) {
      step.into = Node::skipped;
      step.node = resolve(type, type);
    } else {
      step.into = static_cast<std::uint32_t>(into - from.begin());
      step.node = resolve(type, *reader.fields[step.into].type);
    }
    node.steps.push_back(step);
    // A record that is not done yet says 0, which is true of all.
    node.least = added(node.least, step.node->least);
  }
  return &node;
}

const Node* PlanBuilder::enumeration(const Type& writer, const Type& reader) {
  Node& node = add(Node::Read::symbol);
  node.least = 1;
  node.problem = "is no symbol of the reader's enum " + reader.name + ", which has no default";
  for (const std::string& symbol : writer.symbols) {
    const auto at = std::find(reader.symbols.begin(), reader.symbols.end(), symbol);
    if (at != reader.symbols.end()) {
      node.symbols.push_back(Value::string(*at));
    } else if (reader.default_symbol) {
      node.symbols.push_back(Value::string(reader.symbols[*reader.default_symbol]));
    } else {
      node.symbols.emplace_back();
    }
  }
  node.symbol_names.assign(writer.symbols.begin(), writer.symbols.end());
  return &node;
}

const Node* PlanBuilder::elements(const Type& writer, const Type& reader) {
  Node& node = add(writer.kind == Kind::array ? Node::Read::list : Node::Read::map);
  node.least = 1;
  node.element = resolve(*writer.element, *reader.element);
  return &node;
}

const Node* PlanBuilder::scalar(const Type& writer, const Type& reader) {
  Node& node = add(Node::Read::null);
  set_give(node, writer, reader);
  switch (writer.kind) {
    case Kind::boolean:
      node.read = Node::Read::boolean;
      node.least = 1;
      break;
    case Kind::int32:
    case Kind::int64:
      node.read = Node::Read::integer;
      node.is_int = writer.kind == Kind::int32;
      node.least = 1;
      break;
    case Kind::float32:
      node.read = Node::Read::float32;
      node.least = sizeof(float);
      break;
    case Kind::float64:
      node.read = Node::Read::float64;
      node.least = sizeof(double);
      break;
    case Kind::bytes:
    case Kind::string:
      node.read = Node::Read::text;
      node.least = 1;
      break;
    case Kind::fixed:
      node.read = Node::Read::fixed;
      node.size = writer.size;
      node.least = writer.size;
      break;
    default:
      break;
  }
  return &node;
}

Value PlanBuilder::default_of(const Field& field) {
  const Node* const node = resolve(*field.type, *field.type);
  record::DataError error;
  Value value;
  // It was written by the same type; only a time that no calendar has can be wrong with it.
  Datum datum;
  if (exhausted() || !datum.read(*node, *field.default_octets, plan_.arena_, value, error)) return {};
  return value;
}

std::shared_ptr<const Plan> Plan::make(std::shared_ptr<const Schema> writer,
                                       std::shared_ptr<const Schema> reader, std::string& problem) {
  auto plan = std::make_shared<Plan>();
  plan->writer_ = std::move(writer);
  plan->reader_ = std::move(reader);
  PlanBuilder builder(*plan);
  plan->root_ = builder.resolve(plan->writer_->root(), plan->reader_->root());
  if (!builder.exhausted()) return plan;
  problem = "the schemas are too large to be read one as the other";
  return nullptr;
}

}  // namespace hiveframe::codec::avro
