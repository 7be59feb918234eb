#include "pipeline/codec/avro/match.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace hiveframe::codec::avro {
namespace {

bool promotes(Kind writer, Kind reader) noexcept {
  switch (writer) {
    case Kind::int32:
      return reader == Kind::int64 || reader == Kind::float32 || reader == Kind::float64;
    case Kind::int64:
      return reader == Kind::float32 || reader == Kind::float64;
    case Kind::float32:
      return reader == Kind::float64;
    case Kind::string:
      return reader == Kind::bytes;
    case Kind::bytes:
      return reader == Kind::string;
    default:
      return false;
  }
}

bool names_match(const Type& writer, const Type& reader) {
  if (writer.short_name() == reader.short_name()) return true;
  return std::find(reader.aliases.begin(), reader.aliases.end(), writer.name) != reader.aliases.end();
}

/// What a number means must not change on the way; a logical type on one side only is no difference.
bool meanings_match(const Type& writer, const Type& reader) noexcept {
  if (writer.logical == Logical::none || reader.logical == Logical::none) return true;
  if (writer.logical == Logical::decimal && reader.logical == Logical::decimal)
    return writer.precision == reader.precision && writer.scale == reader.scale;
  if (is_timestamp(writer.logical) && is_timestamp(reader.logical))
    return is_local_timestamp(writer.logical) == is_local_timestamp(reader.logical);
  if (is_time_of_day(writer.logical) && is_time_of_day(reader.logical)) return true;
  return writer.logical == reader.logical;
}

}  // namespace

bool go_together(const Type& writer, const Type& reader) {
  if (!meanings_match(writer, reader)) return false;
  if (writer.kind != reader.kind) return promotes(writer.kind, reader.kind);
  switch (writer.kind) {
    case Kind::record:
    case Kind::enumeration:
      return names_match(writer, reader);
    case Kind::fixed:
      return names_match(writer, reader) && writer.size == reader.size;
    default:
      return true;
  }
}

std::vector<std::optional<std::uint32_t>> fields_from(const Type& writer, const Type& reader) {
  std::map<std::string_view, std::uint32_t> left;
  for (std::size_t i = 0; i < writer.fields.size(); ++i)
    left.emplace(writer.fields[i].name, static_cast<std::uint32_t>(i));
  std::vector<std::optional<std::uint32_t>> from(reader.fields.size());
  const auto take = [&](std::size_t field, std::string_view name) {
    const auto found = left.find(name);
    if (found == left.end()) return false;
    from[field] = found->second;
    left.erase(found);
    return true;
  };
  for (std::size_t i = 0; i < reader.fields.size(); ++i)
    take(i, reader.fields[i].name);
  for (std::size_t i = 0; i < reader.fields.size(); ++i) {
    if (from[i]) continue;
    for (const std::string& alias : reader.fields[i].aliases) {
      if (take(i, alias)) break;
    }
  }
  return from;
}

bool Match::matches(const Type& writer, const Type& reader) {
  if (++steps_ > max_steps) return false;
  if (writer.kind == Kind::alternatives) {
    return std::any_of(writer.branches.begin(), writer.branches.end(),
                       [&](const Type* branch) { return matches(*branch, reader); });
  }
  if (reader.kind == Kind::alternatives) return branch_for(writer, reader).has_value();
  if (!go_together(writer, reader)) return false;
  if (writer.kind == Kind::array || writer.kind == Kind::map)
    return matches(*writer.element, *reader.element);
  if (writer.kind != Kind::record) return true;

  const Pair pair(&writer, &reader);
  if (assumed_.contains(pair)) return true;
  if (failed_.contains(pair)) return false;
  const std::size_t before = trail_.size();
  assumed_.insert(pair);
  trail_.push_back(pair);
  if (records_match(writer, reader)) return true;
  // What was found meanwhile may rest on it.
  for (; trail_.size() > before; trail_.pop_back())
    assumed_.erase(trail_.back());
  failed_.insert(pair);
  return false;
}

bool Match::records_match(const Type& writer, const Type& reader) {
  const auto from = fields_from(writer, reader);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Field& field = reader.fields[i];
    if (!from[i] ? !field.default_octets : !matches(*writer.fields[*from[i]].type, *field.type)) return false;
  }
  return true;
}

std::optional<std::size_t> Match::branch_for(const Type& writer, const Type& alternatives) {
  const auto& branches = alternatives.branches;
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (branches[i]->kind == writer.kind && branches[i]->name == writer.name && matches(writer, *branches[i]))
      return i;
  }
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (matches(writer, *branches[i])) return i;
  }
  return std::nullopt;
}

}  // namespace hiveframe::codec::avro
