#include "pipeline/codec/avro/branch_choice.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "pipeline/codec/avro/decimal_octets.hpp"
#include "pipeline/codec/avro/numbers.hpp"
#include "pipeline/codec/avro/time_value.hpp"
#include "pipeline/record/decimal.hpp"

namespace hiveframe::codec::avro {
namespace {

using Is = record::Kind;
using record::Value;

enum class Fit : std::uint8_t { no, can_be, is };

Fit fit_when(bool is) noexcept { return is ? Fit::is : Fit::no; }

bool has_names_of(const Type& type, const Value& value) {
  std::size_t found = 0;
  for (const Field& field : type.fields) {
    if (value.find(field.name) != nullptr) {
      ++found;
    } else if (!field.default_octets && !takes_null(*field.type)) {
      return false;
    }
  }
  return found == value.members().size();
}

Fit fit_of_number(const Type& type, const Value& value) {
  const bool integer = value.is(Is::int64) || value.is(Is::uint64);
  switch (type.kind) {
    case Kind::int32: {
      const std::optional<std::int64_t> number = exact_integer(value);
      if (!number || *number < INT32_MIN || *number > INT32_MAX) return Fit::no;
      return integer ? Fit::is : Fit::can_be;
    }
    case Kind::int64:
      if (!exact_integer(value)) return Fit::no;
      return integer ? Fit::is : Fit::can_be;
    case Kind::float64:
      if (!exact_float64(value)) return Fit::no;
      return value.is(Is::float64) ? Fit::is : Fit::can_be;
    case Kind::float32:
      return nearest_float32(value) ? Fit::can_be : Fit::no;
    default:
      return Fit::no;
  }
}

Fit fit_of_text(const Type& type, const Value& value) {
  const bool text = value.is(Is::string);
  switch (type.kind) {
    case Kind::string:
      return fit_when(text);
    case Kind::enumeration:
      return fit_when(text && std::find(type.symbols.begin(), type.symbols.end(), value.text()) !=
                                  type.symbols.end());
    case Kind::bytes:
      return text ? Fit::can_be : Fit::is;
    case Kind::fixed:
      if (type.logical == Logical::uuid && text)
        return value.text().size() == uuid_text ? Fit::can_be : Fit::no;
      if (value.text().size() != type.size) return Fit::no;
      return text ? Fit::can_be : Fit::is;
    default:
      return Fit::no;
  }
}

Fit fit_of_meaning(const Type& type, const Value& value) {
  switch (type.logical) {
    case Logical::decimal: {
      if (!record::is_number(value)) return Fit::no;
      std::string octets;
      if (octets_of_decimal(value, type.precision, type.scale, octets) != DecimalFit::fits) return Fit::no;
      return value.is(Is::decimal) ? Fit::is : Fit::can_be;
    }
    case Logical::date:
      return fit_when(value.is(Is::date));
    case Logical::time_millis:
    case Logical::time_micros:
      return value.is(Is::duration) || value.is(Is::string) ? Fit::can_be : Fit::no;
    default:
      return fit_when(value.is(Is::timestamp) && value.local() == is_local_timestamp(type.logical));
  }
}

Fit fit(const Type& type, const Value& value) {
  if (type.logical != Logical::none && type.logical != Logical::uuid) return fit_of_meaning(type, value);
  switch (value.kind()) {
    case Is::null:
      return fit_when(type.kind == Kind::null);
    case Is::boolean:
      return fit_when(type.kind == Kind::boolean);
    case Is::int64:
    case Is::uint64:
    case Is::float64:
    case Is::decimal:
      return fit_of_number(type, value);
    case Is::string:
    case Is::bytes:
      return fit_of_text(type, value);
    case Is::list:
      return fit_when(type.kind == Kind::array);
    case Is::object:
      if (type.kind == Kind::record) return fit_when(has_names_of(type, value));
      return type.kind == Kind::map ? Fit::can_be : Fit::no;
    default:
      return Fit::no;
  }
}

}  // namespace

bool takes_null(const Type& type) noexcept {
  if (type.kind == Kind::null) return true;
  return type.kind == Kind::alternatives &&
         std::any_of(type.branches.begin(), type.branches.end(),
                     [](const Type* branch) { return branch->kind == Kind::null; });
}

std::optional<std::size_t> branch_of(const Type& alternatives, const Value& value) {
  std::optional<std::size_t> possible;
  for (std::size_t i = 0; i < alternatives.branches.size(); ++i) {
    const Fit fits = fit(*alternatives.branches[i], value);
    if (fits == Fit::is) return i;
    if (fits == Fit::can_be && !possible) possible = i;
  }
  if (possible || value.is_null()) return possible;
  // The only one that is not null: what is wrong with the value is said of that one.
  for (std::size_t i = 0; i < alternatives.branches.size(); ++i) {
    if (alternatives.branches[i]->kind == Kind::null) continue;
    if (possible) return std::nullopt;
    possible = i;
  }
  return possible;
}

}  // namespace hiveframe::codec::avro
