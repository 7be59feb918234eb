#include "pipeline/codec/avro/default_octets.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "pipeline/codec/avro/datum_octets.hpp"
#include "pipeline/record/decimal.hpp"

namespace hiveframe::codec::avro {

using record::Value;
using JsonKind = record::Kind;

namespace {

/// Defaults write octets as the code points below 256. False: it has others.
bool octets_of(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out += text[i];
    } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size()) {
      out += static_cast<char>((lead << 6) | (static_cast<unsigned char>(text[++i]) & 0x3F));
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

void Defaults::settle() {
  for (const auto& [field, waiting] : waiting_)
    settle(*field);
}

void Defaults::settle(const Field& field) {
  const auto found = waiting_.find(&field);
  if (found == waiting_.end() || field.default_octets || !field.default_problem.empty()) return;
  // Of the schema that is being read, which alone knows these fields.
  auto& settled = const_cast<Field&>(field);
  if (found->second.under_way) {
    settled.default_problem = "it needs itself";
    return;
  }
  found->second.under_way = true;
  std::string octets;
  problem_.clear();
  const bool sound = write(*field.type, *found->second.json, octets, 0);
  if (sound && field.default_problem.empty()) {
    settled.default_octets = std::move(octets);
  } else if (field.default_problem.empty()) {
    settled.default_problem = problem_;
  }
}

bool Defaults::wrong(const Type& type) {
  if (problem_.empty()) problem_ = "it is no " + type.described();
  return false;
}

bool Defaults::too_large() {
  problem_ = "it is too large";
  return false;
}

bool Defaults::write(const Type& type, const Value& json, std::string& out, std::size_t depth) {
  if (depth > 2 * Schema::max_nesting || out.size() > max_octets || ++steps_ > max_steps) return too_large();
  switch (type.kind) {
    case Kind::null:
      return json.is_null() || wrong(type);
    case Kind::boolean:
      if (!json.is(JsonKind::boolean)) return wrong(type);
      out += json.as_boolean() ? '\1' : '\0';
      return true;
    case Kind::int32:
    case Kind::int64:
    case Kind::float32:
    case Kind::float64:
      return write_number(type, json, out);
    case Kind::bytes:
    case Kind::fixed:
    case Kind::string:
      return write_octets(type, json, out);
    case Kind::enumeration: {
      if (!json.is(JsonKind::string)) return wrong(type);
      const auto at = std::find(type.symbols.begin(), type.symbols.end(), json.text());
      if (at == type.symbols.end()) return wrong(type);
      append_long(at - type.symbols.begin(), out);
      return true;
    }
    case Kind::record:
      return write_record(type, json, out, depth);
    case Kind::array:
    case Kind::map:
      return write_elements(type, json, out, depth);
    case Kind::alternatives:
      break;
  }
  // Up to 1.11 the first of them, since 1.12 the first that it fits.
  for (std::size_t i = 0; i < type.branches.size(); ++i) {
    std::string datum;
    if (!write(*type.branches[i], json, datum, depth + 1)) continue;
    append_long(static_cast<std::int64_t>(i), out);
    out += datum;
    problem_.clear();
    return true;
  }
  return wrong(type);
}

bool Defaults::write_number(const Type& type, const Value& json, std::string& out) {
  if (!record::is_number(json)) return wrong(type);
  if (type.kind == Kind::int32 || type.kind == Kind::int64) {
    if (!json.is(JsonKind::int64)) return wrong(type);
    const std::int64_t number = json.as_int64();
    if (type.kind == Kind::int32 && (number < INT32_MIN || number > INT32_MAX)) return wrong(type);
    append_long(number, out);
    return true;
  }
  const double number = record::to_float64(json);
  char octets[sizeof number];
  if (type.kind == Kind::float64) {
    write_floating<std::uint64_t>(number, octets);
    out.append(octets, sizeof(double));
  } else {
    write_floating<std::uint32_t>(static_cast<float>(number), octets);
    out.append(octets, sizeof(float));
  }
  return std::isfinite(number) || wrong(type);
}

bool Defaults::write_octets(const Type& type, const Value& json, std::string& out) {
  if (!json.is(JsonKind::string)) return wrong(type);
  std::string octets;
  if (type.kind == Kind::string) {
    octets = json.text();
  } else if (!octets_of(json.text(), octets)) {
    return wrong(type);
  }
  if (type.kind == Kind::fixed) {
    if (octets.size() != type.size) return wrong(type);
  } else {
    append_long(static_cast<std::int64_t>(octets.size()), out);
  }
  out += octets;
  return true;
}

bool Defaults::write_record(const Type& type, const Value& json, std::string& out, std::size_t depth) {
  if (!json.is(JsonKind::object)) return wrong(type);
  for (const Field& field : type.fields) {
    if (const Value* const given = json.find(field.name)) {
      if (!write(*field.type, *given, out, depth + 1)) return false;
      continue;
    }
    settle(field);
    if (!field.default_octets) {
      problem_ = "it lacks '" + field.name + "' of " + type.name;
      if (!field.default_problem.empty()) problem_ += ", whose default cannot be used";
      return false;
    }
    out += *field.default_octets;
    if (out.size() > max_octets) return too_large();
  }
  return true;
}

bool Defaults::write_elements(const Type& type, const Value& json, std::string& out, std::size_t depth) {
  if (!json.is(type.kind == Kind::array ? JsonKind::list : JsonKind::object)) return wrong(type);
  const std::size_t count = type.kind == Kind::array ? json.items().size() : json.members().size();
  if (count > 0) append_long(static_cast<std::int64_t>(count), out);
  for (std::size_t i = 0; i < count; ++i) {
    if (type.kind == Kind::map) {
      const std::string_view name = json.members()[i].name;
      append_long(static_cast<std::int64_t>(name.size()), out);
      out += name;
    }
    const Value& element = type.kind == Kind::array ? json.items()[i] : json.members()[i].value;
    if (!write(*type.element, element, out, depth + 1)) return false;
  }
  append_long(0, out);
  return true;
}

}  // namespace hiveframe::codec::avro
