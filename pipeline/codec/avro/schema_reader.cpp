#include "pipeline/codec/avro/schema_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "pipeline/codec/avro/names.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/record/arena.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::Value;
using JsonKind = record::Kind;

constexpr std::size_t longest_quoted = 100;

std::string in_quotes(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, longest_quoted))
    shown += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E ? '?' : c;
  return shown + (text.size() > longest_quoted ? "…'" : "'");
}

std::optional<Kind> primitive(std::string_view name) noexcept {
  for (const Kind kind : {Kind::null, Kind::boolean, Kind::int32, Kind::int64, Kind::float32, Kind::float64,
                          Kind::bytes, Kind::string}) {
    if (name == avro::name(kind)) return kind;
  }
  return std::nullopt;
}

bool is_named(Kind kind) noexcept {
  return kind == Kind::record || kind == Kind::enumeration || kind == Kind::fixed;
}

const Value* list_in(const Value& json, std::string_view name) noexcept {
  const Value* const found = json.find(name);
  return found != nullptr && found->is(JsonKind::list) ? found : nullptr;
}

std::optional<std::string_view> text_in(const Value& json, std::string_view name) noexcept {
  const Value* const found = json.find(name);
  if (found == nullptr || !found->is(JsonKind::string)) return std::nullopt;
  return found->text();
}

/// A number of the logical type's, or of fixed.
std::optional<std::uint32_t> natural_in(const Value& json, std::string_view name) noexcept {
  const Value* const found = json.find(name);
  if (found == nullptr || !found->is(JsonKind::int64) || found->as_int64() < 0 ||
      found->as_int64() > INT32_MAX) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(found->as_int64());
}

/// How many digits every number has that so many octets in two's complement hold.
std::uint32_t digits_in(std::uint32_t octets) noexcept {
  return static_cast<std::uint32_t>((8.0 * octets - 1) * 0.30102999566398120);
}

bool is_decimal(const Type& type, const Value& json, std::uint32_t& precision, std::uint32_t& scale) {
  if (type.kind != Kind::bytes && type.kind != Kind::fixed) return false;
  const std::optional<std::uint32_t> digits = natural_in(json, "precision");
  if (!digits || *digits == 0) return false;
  if (type.kind == Kind::fixed && (type.size == 0 || *digits > digits_in(type.size))) return false;
  precision = *digits;
  scale = 0;
  if (json.find("scale") == nullptr) return true;
  const std::optional<std::uint32_t> given = natural_in(json, "scale");
  if (!given || *given > precision) return false;
  scale = *given;
  return true;
}

bool fits(Logical logical, const Type& type) noexcept {
  switch (logical) {
    case Logical::date:
    case Logical::time_millis:
      return type.kind == Kind::int32;
    case Logical::uuid:
      return type.kind == Kind::string || (type.kind == Kind::fixed && type.size == 16);
    case Logical::none:
    case Logical::decimal:
      return false;
    default:
      return type.kind == Kind::int64;
  }
}

}  // namespace

void set_logical(Type& type, const Value& json) {
  const std::optional<std::string_view> wanted = text_in(json, "logicalType");
  if (!wanted) return;
  if (*wanted == avro::name(Logical::decimal)) {
    if (is_decimal(type, json, type.precision, type.scale)) type.logical = Logical::decimal;
    return;
  }
  for (int i = 0; i <= static_cast<int>(Logical::uuid); ++i) {
    const auto logical = static_cast<Logical>(i);
    if (*wanted == avro::name(logical) && fits(logical, type)) type.logical = logical;
  }
}

const Type* SchemaReader::read(std::string_view text, std::string& problem) {
  if (text.size() > Schema::max_text) {
    problem = "it is longer than " + std::to_string(Schema::max_text) + " bytes";
    return nullptr;
  }
  record::Arena arena;
  Value json;
  record::DataError error;
  json::ExactReader reader;
  if (!reader.read(text, arena, json, error)) {
    problem = "it is no JSON: " + error.message;
    return nullptr;
  }
  defaults_.forget();
  try {
    const Type* const type = type_of(json, "", 0);
    defaults_.settle();
    return type;
  } catch (Wrong& wrong) {
    problem = std::move(wrong.problem);
    return nullptr;
  }
}

Type& SchemaReader::add(Kind kind) {
  Type& type = schema_.types_.emplace_back();
  type.kind = kind;
  return type;
}

const Type* SchemaReader::type_of(const Value& json, std::string_view space, std::size_t depth) {
  if (depth > Schema::max_nesting) {
    throw Wrong{"its types stand deeper in each other than " + std::to_string(Schema::max_nesting)};
  }
  switch (json.kind()) {
    case JsonKind::string:
      return of_name(json.text(), space);
    case JsonKind::list:
      return alternatives(json, space, depth);
    case JsonKind::object:
      return of_object(json, space, depth);
    default:
      throw Wrong{"a type is neither a name, a list nor an object"};
  }
}

const Type* SchemaReader::of_name(std::string_view name, std::string_view space) {
  if (const std::optional<Kind> kind = primitive(name)) return &add(*kind);
  auto found = names_.find(full_name(name, space));
  // As Java's parser has it: a name that is not in the namespace may be one of none.
  if (found == names_.end()) found = names_.find(name);
  if (found != names_.end()) return found->second;
  throw Wrong{"there is no type " + in_quotes(full_name(name, space))};
}

const Type* SchemaReader::of_object(const Value& json, std::string_view space, std::size_t depth) {
  const Value* const said = json.find("type");
  if (said == nullptr) throw Wrong{"a type has no 'type'"};
  if (!said->is(JsonKind::string)) return type_of(*said, space, depth + 1);
  const std::string_view kind = said->text();
  if (kind == "record" || kind == "error") return record(json, space, depth);
  if (kind == "enum") return enumeration(json, space);
  if (kind == "fixed") return fixed(json, space);
  if (kind == "array" || kind == "map") {
    const std::string_view member = kind == "array" ? "items" : "values";
    const Value* const element = json.find(member);
    if (element == nullptr) throw Wrong{"a type " + in_quotes(kind) + " has no " + in_quotes(member)};
    Type& type = add(kind == "array" ? Kind::array : Kind::map);
    type.element = type_of(*element, space, depth + 1);
    return &type;
  }
  if (const std::optional<Kind> plain = primitive(kind)) {
    Type& type = add(*plain);
    set_logical(type, json);
    return &type;
  }
  return of_name(kind, space);
}

const Type* SchemaReader::alternatives(const Value& json, std::string_view space, std::size_t depth) {
  Type& type = add(Kind::alternatives);
  std::set<std::string> seen;
  for (const Value& each : json.items()) {
    const Type* const branch = type_of(each, space, depth + 1);
    if (branch->kind == Kind::alternatives) throw Wrong{"a union stands immediately in a union"};
    const std::string id = is_named(branch->kind) ? branch->name : std::string(avro::name(branch->kind));
    if (!seen.insert(id).second) throw Wrong{"a union has " + in_quotes(id) + " twice"};
    type.branches.push_back(branch);
  }
  return &type;
}

Type& SchemaReader::add_named(Kind kind, const Value& json, std::string_view space) {
  const std::optional<std::string_view> name = text_in(json, "name");
  if (!name) throw Wrong{"a type " + in_quotes(avro::name(kind)) + " has no name"};
  std::string full = full_name(*name, text_in(json, "namespace").value_or(space));
  if (full.empty() || !is_namespace(full)) {
    throw Wrong{in_quotes(full) + " is no name: it has letters, digits and '_', and no digit first"};
  }
  if (primitive(full)) throw Wrong{in_quotes(full) + " is a type of its own and cannot be defined"};
  Type& type = add(kind);
  type.name = std::move(full);
  if (!names_.emplace(type.name, &type).second) throw Wrong{in_quotes(type.name) + " is defined twice"};
  if (const Value* const aliases = list_in(json, "aliases")) {
    for (const Value& alias : aliases->items()) {
      if (!alias.is(JsonKind::string)) throw Wrong{"an alias of " + in_quotes(type.name) + " is no text"};
      type.aliases.push_back(full_name(alias.text(), namespace_of(type.name)));
    }
  }
  return type;
}

const Type* SchemaReader::record(const Value& json, std::string_view space, std::size_t depth) {
  Type& type = add_named(Kind::record, json, space);
  const Value* const fields = list_in(json, "fields");
  if (fields == nullptr) throw Wrong{"record " + in_quotes(type.name) + " has no list 'fields'"};
  std::set<std::string_view> names;
  for (const Value& field : fields->items()) {
    const std::optional<std::string_view> name = text_in(field, "name");
    if (!name) throw Wrong{"a field of " + in_quotes(type.name) + " has no name"};
    if (!is_name(*name))
      throw Wrong{in_quotes(*name) + " in " + in_quotes(type.name) + " is no name of a field"};
    if (!names.insert(*name).second)
      throw Wrong{in_quotes(type.name) + " has a field " + in_quotes(*name) + " twice"};
  }
  // They stay where they are: defaults are settled when all types are known.
  type.fields.reserve(fields->items().size());
  for (const Value& field : fields->items())
    add_field(type, field, namespace_of(type.name), depth);
  return &type;
}

void SchemaReader::add_field(Type& record, const Value& json, std::string_view space, std::size_t depth) {
  Field field;
  field.name = *text_in(json, "name");
  if (const Value* const aliases = list_in(json, "aliases")) {
    for (const Value& alias : aliases->items()) {
      if (alias.is(JsonKind::string)) field.aliases.emplace_back(alias.text());
    }
  }
  const Value* const type = json.find("type");
  if (type == nullptr)
    throw Wrong{"field " + in_quotes(field.name) + " of " + in_quotes(record.name) + " has no type"};
  field.type = type_of(*type, space, depth + 1);
  // Many write the logical type beside the field's type instead of within; it is none then, as Java has it.
  record.fields.push_back(std::move(field));
  if (const Value* const value = json.find("default")) defaults_.add(record.fields.back(), *value);
}

const Type* SchemaReader::enumeration(const Value& json, std::string_view space) {
  Type& type = add_named(Kind::enumeration, json, space);
  const Value* const symbols = list_in(json, "symbols");
  if (symbols == nullptr || symbols->items().empty())
    throw Wrong{"enum " + in_quotes(type.name) + " has no symbols"};
  std::set<std::string_view> seen;
  for (const Value& symbol : symbols->items()) {
    if (!symbol.is(JsonKind::string) || !is_name(symbol.text())) {
      throw Wrong{"a symbol of " + in_quotes(type.name) + " is no name"};
    }
    if (!seen.insert(symbol.text()).second) {
      throw Wrong{in_quotes(type.name) + " has the symbol " + in_quotes(symbol.text()) + " twice"};
    }
    type.symbols.emplace_back(symbol.text());
  }
  if (const std::optional<std::string_view> chosen = text_in(json, "default")) {
    const auto at = std::find(type.symbols.begin(), type.symbols.end(), *chosen);
    if (at == type.symbols.end()) {
      throw Wrong{"the default " + in_quotes(*chosen) + " of " + in_quotes(type.name) +
                  " is none of its symbols"};
    }
    type.default_symbol = static_cast<std::uint32_t>(at - type.symbols.begin());
  }
  return &type;
}

const Type* SchemaReader::fixed(const Value& json, std::string_view space) {
  Type& type = add_named(Kind::fixed, json, space);
  const std::optional<std::uint32_t> size = natural_in(json, "size");
  if (!size) throw Wrong{"fixed " + in_quotes(type.name) + " has no size, a number of bytes"};
  type.size = *size;
  set_logical(type, json);
  return &type;
}

}  // namespace hiveframe::codec::avro
