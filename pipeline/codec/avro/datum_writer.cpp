#include "pipeline/codec/avro/datum_writer.hpp"

#include <algorithm>
#include <cstring>

#include "pipeline/codec/avro/branch_choice.hpp"
#include "pipeline/codec/avro/datum_octets.hpp"
#include "pipeline/codec/avro/numbers.hpp"
#include "pipeline/record/decimal.hpp"
#include "pipeline/record/kind_name.hpp"

namespace hiveframe::codec::avro {

using record::DataError;
using record::Value;
using Is = record::Kind;

void DatumWriter::begin(record::Arena& arena, std::string_view header) {
  arena_ = &arena;
  start_ = at_ = end_ = nullptr;
  reserve(256);
  put(header);
}

std::string_view DatumWriter::finish() {
  const auto size = static_cast<std::size_t>(at_ - start_);
  arena_->take(size);
  return {start_, size};
}

void DatumWriter::grow(std::size_t bytes) {
  const auto written = static_cast<std::size_t>(at_ - start_);
  // The block in use is too small. What was written moves to a larger one; it stays readable until then.
  const auto room = arena_->spare(written + bytes + written / 2);
  if (written != 0 && room.data() != start_) std::memcpy(room.data(), start_, written);
  start_ = room.data();
  at_ = start_ + written;
  end_ = start_ + room.size();
}

void DatumWriter::put(std::string_view octets) {
  reserve(octets.size());
  if (!octets.empty()) std::memcpy(at_, octets.data(), octets.size());
  at_ += octets.size();
}

void DatumWriter::put_long(std::int64_t number) {
  reserve(max_long_octets);
  at_ = avro::write_long(number, at_);
}

void DatumWriter::put_text(std::string_view text) {
  put_long(static_cast<std::int64_t>(text.size()));
  put(text);
}

bool DatumWriter::refuse(std::string problem) {
  *error_ = {DataError::Type::value, std::move(problem)};
  return false;
}

bool DatumWriter::refuse(const Type& type, const Value& value, std::string_view advice) {
  std::string problem(with_article(value.kind()));
  problem += " is no " + type.described();
  if (!advice.empty()) problem.append("; ").append(advice);
  return refuse(std::move(problem));
}

// These are for the way back from what is wrong.
bool DatumWriter::within(std::string_view name) {
  const bool before_name = !path_.empty() && path_.front() != '[';
  path_.insert(0, std::string(name.substr(0, 100)) + (before_name ? "." : ""));
  return false;
}

bool DatumWriter::within(std::size_t index) {
  const bool before_name = !path_.empty() && path_.front() != '[';
  path_.insert(0, "[" + std::to_string(index) + "]" + (before_name ? "." : ""));
  return false;
}

bool DatumWriter::write(const Type& type, const Value& value, DataError& error) {
  error_ = &error;
  path_.clear();
  depth_ = 0;
  if (write_value(type, value)) return true;
  if (!path_.empty()) error.message = path_ + ": " + error.message;
  return false;
}

bool DatumWriter::write_value(const Type& type, const Value& value) {
  switch (type.kind) {
    case Kind::null:
      return value.is_null() || refuse(type, value);
    case Kind::boolean:
      if (!value.is(Is::boolean)) return refuse(type, value);
      put(value.as_boolean() ? std::string_view("\1", 1) : std::string_view("\0", 1));
      return true;
    case Kind::int32:
    case Kind::int64:
      if (type.logical == Logical::none) return write_integer(type, value);
      if (type.logical == Logical::date) return write_date(type, value);
      return is_time_of_day(type.logical) ? write_time(type, value) : write_timestamp(type, value);
    case Kind::float32:
    case Kind::float64:
      return write_floating(type, value);
    case Kind::bytes:
    case Kind::fixed:
      if (type.logical == Logical::decimal) return write_decimal(type, value);
      if (type.logical == Logical::uuid && value.is(Is::string)) return write_uuid(type, value);
      return write_octets(type, value);
    case Kind::string:
      if (!value.is(Is::string)) return refuse(type, value, "make it a text with string()");
      put_text(value.text());
      return true;
    case Kind::enumeration:
      return write_symbol(type, value);
    case Kind::alternatives:
      return write_branch(type, value);
    default:
      break;
  }
  if (++depth_ > max_depth) return refuse("records, lists and maps stand deeper in each other than 512");
  const bool written = type.kind == Kind::record ? write_record(type, value)
                       : type.kind == Kind::map  ? write_map(type, value)
                                                 : write_list(type, value);
  --depth_;
  return written;
}

bool DatumWriter::write_integer(const Type& type, const Value& value) {
  const std::optional<std::int64_t> number = exact_integer(value);
  if (!number) {
    if (!record::is_number(value)) return refuse(type, value, "make it a number with int()");
    return refuse("a number with a fraction or beyond 64 bits is no " + type.described() + "; round it");
  }
  if (type.kind == Kind::int32 && (*number < INT32_MIN || *number > INT32_MAX)) {
    return refuse(std::to_string(*number) +
                  " is no int, which goes from -2147483648 to 2147483647; the schema needs "
                  "a long for it");
  }
  put_long(*number);
  return true;
}

bool DatumWriter::write_floating(const Type& type, const Value& value) {
  if (!record::is_number(value)) return refuse(type, value, "make it a number with double()");
  const std::string_view lost = " cannot hold this number without loss; make it a double with double()";
  if (type.kind == Kind::float64) {
    const std::optional<double> number = exact_float64(value);
    if (!number) return refuse("a double" + std::string(lost));
    reserve(sizeof *number);
    avro::write_floating<std::uint64_t>(*number, at_);
    at_ += sizeof *number;
    return true;
  }
  const std::optional<float> number = nearest_float32(value);
  if (!number) return refuse("a float cannot hold this number; the schema needs a double for it");
  reserve(sizeof *number);
  avro::write_floating<std::uint32_t>(*number, at_);
  at_ += sizeof *number;
  return true;
}

bool DatumWriter::write_octets(const Type& type, const Value& value) {
  if (!value.is(Is::bytes) && !value.is(Is::string)) return refuse(type, value);
  if (type.kind == Kind::bytes) {
    put_text(value.text());
    return true;
  }
  if (value.text().size() != type.size) {
    return refuse("it has " + std::to_string(value.text().size()) + " bytes, and fixed " + type.name +
                  " has " + std::to_string(type.size));
  }
  put(value.text());
  return true;
}

bool DatumWriter::write_symbol(const Type& type, const Value& value) {
  if (!value.is(Is::string)) return refuse(type, value);
  const auto at = std::find(type.symbols.begin(), type.symbols.end(), value.text());
  if (at == type.symbols.end()) {
    std::string problem = "'" + std::string(value.text().substr(0, 100)) + "' is no symbol of " +
                          type.described() + ", which has ";
    for (std::size_t i = 0; i < type.symbols.size() && i < 10; ++i)
      problem += (i > 0 ? ", " : "") + type.symbols[i];
    return refuse(std::move(problem) + (type.symbols.size() > 10 ? ", …" : ""));
  }
  put_long(at - type.symbols.begin());
  return true;
}

bool DatumWriter::write_list(const Type& type, const Value& value) {
  if (!value.is(Is::list)) return refuse(type, value);
  const std::span<const Value> items = value.items();
  if (!items.empty()) put_long(static_cast<std::int64_t>(items.size()));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!write_value(*type.element, items[i])) return within(i);
  }
  put_long(0);
  return true;
}

bool DatumWriter::write_map(const Type& type, const Value& value) {
  if (!value.is(Is::object)) return refuse(type, value);
  const std::span<const record::Member> members = value.members();
  if (!members.empty()) put_long(static_cast<std::int64_t>(members.size()));
  for (const record::Member& member : members) {
    put_text(member.name);
    if (!write_value(*type.element, member.value)) return within(member.name);
  }
  put_long(0);
  return true;
}

bool DatumWriter::write_record(const Type& type, const Value& value) {
  if (!value.is(Is::object)) return refuse(type, value);
  const std::span<const record::Member> members = value.members();
  std::size_t used = 0;
  std::size_t next = 0;  // members mostly stand in the schema's order
  for (const Field& field : type.fields) {
    std::size_t at = next;
    if (at >= members.size() || !record::same_text(members[at].name, field.name))
      at = record::position(members, field.name);
    if (at == members.size()) {
      if (!write_absent(field)) return within(field.name);
      continue;
    }
    if (!write_value(*field.type, members[at].value)) return within(field.name);
    ++used;
    next = at + 1;
  }
  if (used == members.size()) return true;
  for (const record::Member& member : members) {
    const auto has_it = [&](const Field& field) { return field.name == member.name; };
    if (std::none_of(type.fields.begin(), type.fields.end(), has_it)) {
      refuse("is no field of " + type.described() + "; drop it, or add it to the schema");
      return within(member.name);
    }
  }
  return true;
}

bool DatumWriter::write_absent(const Field& field) {
  if (field.default_octets) {
    put(*field.default_octets);
    return true;
  }
  if (takes_null(*field.type)) return write_value(*field.type, Value());
  return refuse("is absent, and the schema has no default for it" +
                (field.default_problem.empty() ? "" : " that can be used (" + field.default_problem + ")") +
                "; set it");
}

bool DatumWriter::write_branch(const Type& type, const Value& value) {
  const std::optional<std::size_t> branch = branch_of(type, value);
  if (!branch) return refuse(type, value);
  put_long(static_cast<std::int64_t>(*branch));
  return write_value(*type.branches[*branch], value);
}

}  // namespace hiveframe::codec::avro
