#include "connectors/generate/record_template.hpp"

#include <cassert>
#include <utility>

#include "pipeline/codec/yaml_value.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::connectors::generate {
namespace {

using record::Value;

constexpr const char* what_there_is = "an expression here is made of meta.sequence, meta.seed and now";

/// Where records are made there is nothing yet but their number, their seed and the time.
bool reads_what_there_is(const expr::Template& text, config::Reader& reader) {
  bool sound = true;
  for (const expr::Template::Piece& piece : text.pieces()) {
    if (!piece.program) continue;
    for (const expr::Mention& each : piece.program->mentions()) {
      if (each.variable == "meta" || each.variable == "now") continue;
      const bool of_environment = each.variable == "env";
      reader.error(piece.program->text().span(each.begin, each.end),
                   "there is no '" + std::string(each.variable) + "' here, where a record is made",
                   of_environment ? "write ${" + std::string(each.member.empty() ? "NAME" : each.member) + "}"
                                  : what_there_is);
      sound = false;
    }
  }
  return sound;
}

constexpr std::string_view names[] = {"ada",      "grace",   "alan",  "edsger", "barbara", "donald",
                                      "margaret", "ken",     "radia", "linus",  "sophie",  "tim",
                                      "john",     "frances", "jean",  "niklaus"};

}  // namespace

std::optional<RecordTemplate> RecordTemplate::read(const config::Node& node, config::Reader& reader) {
  auto owned = std::make_shared<record::Arena>();
  std::optional<Part> root = read_part(node, reader, *owned);
  if (!root) return std::nullopt;
  RecordTemplate result;
  result.root_ = std::move(*root);
  result.owned_ = std::move(owned);
  return result;
}

RecordTemplate RecordTemplate::standard() {
  std::string list;
  for (const std::string_view name : names)
    list += (list.empty() ? "'" : ", '") + std::string(name) + "'";
  const std::pair<const char*, std::string> members[] = {
      {"id", "{{ meta.sequence }}"},
      {"name", "{{ [" + list + "][meta.seed % " + std::to_string(std::size(names)) + "] }}"},
      {"amount", "{{ double(meta.seed % 1000000) / 100.0 }}"},
      {"active", "{{ meta.seed % 3 != 0 }}"},
  };
  auto owned = std::make_shared<record::Arena>();
  RecordTemplate result;
  result.root_.kind = Part::Kind::object;
  for (const auto& [name, text] : members) {
    std::vector<expr::Problem> problems;
    Part part;
    part.kind = Part::Kind::text;
    part.text = expr::Template::compile(config::LocatedText(text), problems);
    assert(part.text && "the standard template compiles");
    result.root_.parts.push_back(std::move(part));
    result.root_.names.push_back(owned->copy(name));
  }
  result.owned_ = std::move(owned);
  return result;
}

std::optional<RecordTemplate::Part> RecordTemplate::read_part(const config::Node& node,
                                                              config::Reader& reader, record::Arena& owned) {
  switch (node.kind()) {
    case config::Node::Kind::null:
      return Part();
    case config::Node::Kind::scalar:
      return read_scalar(node, reader, owned);
    case config::Node::Kind::map:
      return read_map(node, reader, owned);
    case config::Node::Kind::list:
      break;
  }
  Part part;
  part.kind = Part::Kind::list;
  bool sound = true;
  for (const config::Node& item : node.items()) {
    std::optional<Part> each = read_part(item, reader, owned);
    sound = sound && each;
    if (each) part.parts.push_back(std::move(*each));
  }
  if (!sound) return std::nullopt;
  return part;
}

std::optional<RecordTemplate::Part> RecordTemplate::read_map(const config::Node& node, config::Reader& reader,
                                                             record::Arena& owned) {
  Part part;
  part.kind = Part::Kind::object;
  bool sound = true;
  for (const config::Entry& entry : node.entries()) {
    if (entry.key.view().find("{{") != std::string_view::npos) {
      reader.error(entry.key.span(), "the name of a member cannot be a template", "write the name as it is");
      sound = false;
    }
    std::optional<Part> each = read_part(entry.value, reader, owned);
    sound = sound && each;
    if (!each) continue;
    part.parts.push_back(std::move(*each));
    part.names.push_back(owned.copy(entry.key.view()));
  }
  if (!sound) return std::nullopt;
  return part;
}

std::optional<RecordTemplate::Part> RecordTemplate::read_scalar(const config::Node& node,
                                                                config::Reader& reader,
                                                                record::Arena& owned) {
  Part part;
  if (config::core_type(node) != config::CoreType::text) {
    const std::optional<Value> constant = codec::plain_scalar(node, reader, owned);
    if (!constant) return std::nullopt;
    part.constant = *constant;
    return part;
  }
  std::optional<expr::Template> text = expr::parse_template(node.text(), reader, what_there_is);
  if (!text || !reads_what_there_is(*text, reader)) return std::nullopt;
  if (const std::optional<std::string> constant = text->constant()) {
    part.constant = Value::string(owned.copy(*constant));
    return part;
  }
  part.kind = Part::Kind::text;
  part.text = std::move(text);
  return part;
}

bool RecordTemplate::make(record::Draft& draft, const expr::Inputs& inputs, Value& value,
                          expr::Failure& failure) const {
  return make(root_, draft, inputs, value, failure);
}

bool RecordTemplate::make(const Part& part, record::Draft& draft, const expr::Inputs& inputs, Value& value,
                          expr::Failure& failure) {
  switch (part.kind) {
    case Part::Kind::constant:
      value = part.constant;
      return true;
    case Part::Kind::text:
      return part.text->evaluate(draft, inputs, value, failure);
    case Part::Kind::list: {
      const auto items = draft.arena().array<Value>(part.parts.size());
      for (std::size_t i = 0; i < items.size(); ++i)
        if (!make(part.parts[i], draft, inputs, items[i], failure)) return false;
      value = Value::list(items);
      return true;
    }
    case Part::Kind::object:
      break;
  }
  const auto members = draft.arena().array<record::Member>(part.parts.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    members[i].name = part.names[i];
    if (!make(part.parts[i], draft, inputs, members[i].value, failure)) return false;
  }
  value = Value::object(members);
  return true;
}

}  // namespace hiveframe::connectors::generate
