// libFuzzer: any text as a writer's schema, another as a reader's, any bytes as a datum. What is claimed
// costs no more than it is; what is read is found the same without its tree, and is written so that it reads
// as the same.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pipeline/codec/avro/datum.hpp"
#include "pipeline/codec/avro/datum_writer.hpp"
#include "pipeline/codec/avro/plan.hpp"
#include "pipeline/record/equal.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using namespace hiveframe::codec::avro;
using fuzz::require;
using record::Value;

// Larger trees are refused by whoever builds them.
constexpr std::size_t largest_tree = 64UL * 1024 * 1024;

/// NaN is equal to nothing, and stands in data.
bool holds_nan(const Value& value) {
  if (value.is(record::Kind::float64)) return std::isnan(value.as_float64());
  if (value.is(record::Kind::list)) return std::any_of(value.items().begin(), value.items().end(), holds_nan);
  return value.is(record::Kind::object) &&
         std::any_of(value.members().begin(), value.members().end(),
                     [](const record::Member& member) { return holds_nan(member.value); });
}

/// Whether values do not tell all that their data did: which branch of a union they were, or more digits than
/// the schema says.
bool is_loose(const Type& type, int depth = 0) {
  if (depth > 20 || type.kind == Kind::alternatives || type.logical == Logical::decimal) return true;
  if (type.element != nullptr) return is_loose(*type.element, depth + 1);
  return std::any_of(type.fields.begin(), type.fields.end(),
                     [&](const Field& field) { return is_loose(*field.type, depth + 1); });
}

std::string_view next_part(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

/// False: it cannot be read.
bool check(Datum& datum, const Plan& plan, std::string_view octets, record::Arena& arena, Value& value) {
  record::DataError error;
  if (!datum.check(plan.root(), octets, error)) {
    require(!error.message.empty(), "an error says something", octets);
    return false;
  }
  if (datum.tree_bytes() > largest_tree) return false;
  const std::size_t before = arena.footprint();
  value = datum.build(arena);
  // Blocks of an arena grow; what is at their ends stays empty.
  require(arena.footprint() - before <= 4 * datum.tree_bytes() + 65'536, "a tree is as large as was said",
          octets);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string problem;
  const auto writer = Schema::parse(next_part(rest), problem);
  if (!writer) {
    require(!problem.empty(), "what is wrong with a schema is said");
    return 0;
  }
  auto reader = Schema::parse(next_part(rest), problem);
  if (!reader) reader = writer;
  const auto plan = Plan::make(writer, reader, problem);
  if (!plan) return 0;
  // No longer than it is, so that a sanitizer sees what is read behind it.
  const auto exact = std::make_unique<char[]>(rest.size());
  std::copy(rest.begin(), rest.end(), exact.get());
  const std::string_view octets(exact.get(), rest.size());

  Datum datum;
  record::Arena arena;
  Value value;
  if (!check(datum, *plan, octets, arena, value)) return 0;
  const bool comparable = !holds_nan(value);
  if (value.is(record::Kind::object)) {
    for (const record::Member& member : value.members()) {
      const std::string_view path[] = {member.name};
      const auto found = datum.find(path, arena);
      require(found && (!comparable || record::equal(*found, member.value)),
              "what is found is what the tree has", octets);
    }
  }

  DatumWriter out;
  record::DataError error;
  record::Arena written_to;
  out.begin(written_to, "");
  if (!out.write(reader->root(), value, error)) {
    require(!error.message.empty(), "an error says something");
    // A time in the writer's units may be too fine or too far for the reader's.
    require(reader != writer || is_loose(reader->root()), "what was read by a schema can be written by it",
            octets);
    return 0;
  }
  const std::string_view written = out.finish();
  const auto same = Plan::make(reader, reader, problem);
  if (!same) return 0;
  Value again;
  Datum second;
  require(second.read(same->root(), written, arena, again, error), "what is written can be read", written);
  require(!comparable || is_loose(reader->root()) || record::equal(again, value), "and is the same", written);
  return 0;
}
