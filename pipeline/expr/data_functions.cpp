// JSON, digests, identifiers.

#include <algorithm>
#include <array>

#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "pipeline/expr/call.hpp"
#include "pipeline/expr/digest.hpp"
#include "pipeline/expr/library.hpp"
#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

bool json(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  codec::json::ExactReader& reader = call.inputs().json.reader();
  record::DataError error;
  const auto no_json = [&] {
    return call.bad_argument(call[0], call.arena().copy("is no JSON: " + error.message));
  };
  // Nothing takes more than an item of a list, of two bytes, or a member of an object, of five.
  constexpr std::size_t most_for_a_byte = sizeof(Value) / 2;
  constexpr std::size_t short_text = 64 * 1024;
  if (!call.spend(32 + text.size())) return false;
  if (text.size() <= short_text) {
    if (!call.take((text.size() + 1) * most_for_a_byte)) return false;
  } else {
    if (!reader.check(text, call.bytes_left(), error)) return no_json();
    if (!call.take(reader.tree_bytes() + text.size())) return false;
  }
  return reader.read(text, call.arena(), out, error) || no_json();
}

// Takes the bytes that a value needs at most as JSON.
bool take_json(Call& call, const Value& value) {
  const auto take_text = [&call](std::string_view text) {
    // \u001f and its like take six bytes.
    const auto escapes = std::count_if(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
    });
    return call.spend_text(text.size()) && call.take(text.size() + 5 * static_cast<std::size_t>(escapes) + 3);
  };
  switch (value.kind()) {
    case Kind::string:
      return take_text(value.text());
    case Kind::bytes:
    case Kind::decimal:
      return call.spend_text(value.text().size()) && call.take(value.text().size() * 4 / 3 + 8);
    case Kind::list: {
      const std::span<const Value> items = value.items();
      return call.spend(1 + items.size()) && call.take(2) &&
             std::all_of(items.begin(), items.end(),
                         [&](const Value& item) { return take_json(call, item); });
    }
    case Kind::object: {
      const std::span<const record::Member> members = value.members();
      return call.spend(1 + members.size()) && call.take(2) &&
             std::all_of(members.begin(), members.end(), [&](const record::Member& each) {
               return take_text(each.name) && take_json(call, each.value);
             });
    }
    default:
      return call.take(std::max(record::max_number_text, record::max_time_text) + 2);
  }
}

bool to_json(Call& call, Value& out) {
  Value value = call[0];
  if (!call.plain_keys(value) || !take_json(call, value)) return false;
  codec::json::Writer writer(call.arena());
  if (writer.write(value)) {
    out = Value::string(writer.finish());
    return true;
  }
  writer.finish();
  return call.bad_argument(call[0], call.arena().copy("cannot be JSON: " + writer.problem()));
}

bool sha256(Call& call, Value& out) {
  if (!call.spend(64 + call.text(0).size() / 2) || !call.take(64)) return false;
  const std::array<char, 64> hex = sha256_hex(call.text(0));
  out = Value::string(call.arena().copy(std::string_view(hex.data(), hex.size())));
  return true;
}

constexpr std::string_view no_algorithm = "is no algorithm of hash(): 'xxhash' or 'murmur2'";

bool hash(Call& call, Value& out) {
  const std::string_view algorithm = call.size() == 2 ? call.text(1) : "xxhash";
  if (!call.spend_text(call.text(0).size())) return false;
  if (algorithm == "xxhash") {
    out = Value::uint64(xxhash64(call.text(0)));
  } else if (algorithm == "murmur2") {
    out = Value::uint64(murmur2(call.text(0)));
  } else {
    return call.bad_argument(call[1], no_algorithm);
  }
  return true;
}

std::string check_hash(std::size_t argument, const Value& constant) {
  if (argument == 0 || constant.text() == "xxhash" || constant.text() == "murmur2") return {};
  return "'" + std::string(constant.text()) + "' " + std::string(no_algorithm);
}

bool put_uuid(Call& call, const Uuid& uuid, Value& out) {
  const std::array<char, 36> text = write_uuid(uuid);
  if (!call.take(text.size())) return false;
  out = Value::string(call.arena().copy(std::string_view(text.data(), text.size())));
  return true;
}

bool uuid(Call& call, Value& out) {
  return call.spend(64) && put_uuid(call, random_uuid(call.inputs().random.next()), out);
}

bool uuid_of(Call& call, Value& out) {
  const std::optional<Uuid> name_space = read_uuid(call.text(0));
  if (!name_space) return call.bad_argument(call[0], "is no UUID");
  return call.spend(64 + call.text(1).size() / 2) &&
         put_uuid(call, name_uuid(*name_space, call.text(1)), out);
}

std::string check_uuid(std::size_t argument, const Value& constant) {
  if (argument != 0 || read_uuid(constant.text())) return {};
  return "'" + std::string(constant.text()) + "' is no UUID";
}

constexpr TypeSet string = set_of(Type::string);
constexpr TypeSet octets = set_of(Type::string) | set_of(Type::bytes);

using enum FunctionGroup;

constexpr std::array<Function, 6> table{{
    {"json",
     FunctionId::library,
     true,
     false,
     1,
     1,
     {octets},
     Type::dyn,
     {conversions, "json(text)", "The value that a text in JSON stands for", "json('{\"id\": 7}').id", "7"},
     json,
     static_cast<std::uint8_t>(Trait::conversion)},
    {"to_json",
     FunctionId::library,
     true,
     false,
     1,
     1,
     {any_type},
     Type::string,
     {conversions, "to_json(value)", "The value as a text in JSON", "to_json({'id': 7, 'tags': ['a']})",
      R"("{\"id\":7,\"tags\":[\"a\"]}")"},
     to_json},
    {"sha256",
     FunctionId::library,
     true,
     false,
     1,
     1,
     {octets},
     Type::string,
     {digests, "sha256(text)", "Its SHA-256 in hex, of a text or bytes", "sha256('abc').substring(0, 16)",
      "\"ba7816bf8f01cfea\""},
     sha256},
    {"hash",
     FunctionId::library,
     true,
     false,
     1,
     2,
     {octets, string},
     Type::dyn,
     {digests, "hash(text)",
      "A whole number from 0 to 2^64 - 1 that is always the same for the same text or bytes (XXH64); "
      "hash(text, 'murmur2') is Kafka's, from 0 to 2^32 - 1",
      "math.bitAnd(hash('21', 'murmur2'), 0x7fffffff) % 6", "0"},
     hash,
     0,
     0,
     check_hash},
    {"uuid",
     FunctionId::library,
     true,
     false,
     0,
     0,
     {},
     Type::string,
     {digests, "uuid()", "A random UUID (version 4): another one each time, of the same record, too",
      "uuid().size()", "36"},
     uuid,
     static_cast<std::uint8_t>(Trait::varies)},
    {"uuid_of",
     FunctionId::library,
     true,
     false,
     2,
     2,
     {string, string},
     Type::string,
     {digests, "uuid_of(namespace, name)",
      "The UUID of a name in the namespace of another UUID (version 5): always the same",
      "uuid_of('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')",
      "\"2ed6657d-e927-568b-95e1-2665a8aea6a2\""},
     uuid_of,
     0,
     0,
     check_uuid},
}};

}  // namespace

std::span<const Function> data_functions() noexcept { return table; }

}  // namespace hiveframe::expr
