// libFuzzer: any bytes as one JSON record, against RapidJSON: both accept the same, but for what only ours
// refuses (repeated names, depth), and read the same values. What is accepted comes through being written
// anew unchanged, and looking a field up gives what the tree has. With so much space behind it that simdjson
// does not read it, it is judged and read the same.
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <rapidjson/document.h>
#include <string>

#include "pipeline/codec/format.hpp"
#include "pipeline/record/equal.hpp"
#include "pipeline/record/storage.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using fuzz::require;
using record::DataError;
using record::Kind;
using record::Value;

constexpr unsigned strict = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag |
                            rapidjson::kParseNumbersAsStringsFlag;

/// A text in a storage of its own, decoded.
class Decoded {
 public:
  explicit Decoded(std::string_view text) : decoder_(codec::find_format("json")->decoder()) {
    storage_.format = "json";
    record::Buffer& buffer = storage_.add(record::Buffer(text.size()));
    if (!text.empty()) std::memcpy(buffer.data(), text.data(), text.size());
    // Whatever follows a record in its buffer is not part of it.
    std::memset(buffer.data() + text.size(), '7', record::Buffer::padding);
    record_.original = {buffer.data(), text.size()};
    sound = decoder_->decode(draft_, error);
  }

  const Value& value() { return draft_.value(); }
  std::optional<Value> find(std::string_view name) {
    const std::array<std::string_view, 1> path = {name};
    return draft_.find(path);
  }
  /// Of the value, not the original bytes.
  std::string written() {
    draft_.replace(draft_.value());
    return encoded("json");
  }
  std::string encoded(std::string_view format) {
    std::string_view text;
    DataError why;
    const bool done = codec::find_format(format)->encoder()->encode(draft_, storage_.arena, text, why);
    require(done, "what was read can be written", record_.original);
    return std::string(text);
  }

  bool sound = false;
  DataError error;

 private:
  std::unique_ptr<codec::Decoder> decoder_;
  record::Storage storage_;
  record::Record record_;
  record::Arena scratch_;
  record::Draft draft_{storage_, record_, scratch_};
};

bool is_number(const Value& value) {
  return value.is(Kind::int64) || value.is(Kind::uint64) || value.is(Kind::float64) ||
         value.is(Kind::decimal);
}

double nearest_double(const Value& value) {
  if (value.is(Kind::int64)) return static_cast<double>(value.as_int64());
  if (value.is(Kind::uint64)) return static_cast<double>(value.as_uint64());
  if (value.is(Kind::float64)) return value.as_float64();
  return std::strtod(std::string(value.text()).c_str(), nullptr);
}

bool same(const Value& ours, const rapidjson::Value& theirs) {
  if (theirs.IsNull()) return ours.is_null();
  if (theirs.IsBool()) return ours.is(Kind::boolean) && ours.as_boolean() == theirs.GetBool();
  if (theirs.IsString()) {
    const std::string text(theirs.GetString(), theirs.GetStringLength());
    // It gives numbers as their text.
    if (is_number(ours)) return nearest_double(ours) == std::strtod(text.c_str(), nullptr);
    return ours.is(Kind::string) && ours.text() == text;
  }
  if (theirs.IsArray()) {
    if (!ours.is(Kind::list) || ours.items().size() != theirs.Size()) return false;
    for (rapidjson::SizeType i = 0; i < theirs.Size(); ++i)
      if (!same(ours.items()[i], theirs[i])) return false;
    return true;
  }
  if (!ours.is(Kind::object) || ours.members().size() != theirs.MemberCount()) return false;
  auto member = theirs.MemberBegin();
  for (const record::Member& each : ours.members()) {
    if (each.name != std::string_view(member->name.GetString(), member->name.GetStringLength())) return false;
    if (!same(each.value, member->value)) return false;
    ++member;
  }
  return true;
}

void check_fields(std::string_view text) {
  Decoded decoded(text);
  Decoded whole(text);
  if (!whole.value().is(Kind::object)) return;
  for (const record::Member& member : whole.value().members()) {
    const std::optional<Value> found = decoded.find(member.name);
    require(found && record::equal(*found, member.value), "a field is what the tree has", text);
  }
}

void check_long(std::string_view text) {
  constexpr std::size_t too_long = 256 * 1024 + 1;
  Decoded shorter(text);
  Decoded longer(std::string(text) + std::string(too_long, ' '));
  require(longer.sound == shorter.sound, "length makes a difference", text);
  if (!longer.sound) {
    require(longer.error.type == shorter.error.type, "length makes another error", longer.error.message);
    return;
  }
  require(record::equal(longer.value(), shorter.value()), "length makes another value", text);
  if (!shorter.value().is(Kind::object)) return;
  Decoded unbuilt(std::string(text) + std::string(too_long, ' '));
  for (const record::Member& member : shorter.value().members()) {
    const std::optional<Value> found = unbuilt.find(member.name);
    require(found && record::equal(*found, member.value), "a field of a long record is another", text);
  }
}

std::string_view without_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

void check_writing(std::string_view text) {
  Decoded original(text);
  const std::string line = original.encoded("ndjson");
  require(line.find('\n') == std::string::npos, "a line is one line", text);
  if (text.find('\n') == std::string_view::npos)
    require(line == without_space(text), "a record nobody changed is its bytes", text);
  const std::string written = original.written();
  for (const std::string& each : {line, written}) {
    Decoded again(each);
    require(again.sound, "what was written can be read", each);
    require(record::equal(again.value(), original.value()), "what was written is what was read", each);
    require(again.written() == written, "writing it again changes nothing", each);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Decoded decoded(text);
  // Of some, for it takes a while.
  if (size % 4 == 0) check_long(text);
  rapidjson::Document document;
  rapidjson::MemoryStream stream(text.data(), text.size());
  document.ParseStream<strict>(stream);
  if (!decoded.sound) {
    using Type = DataError::Type;
    bool only_ours = decoded.error.type != Type::syntax && decoded.error.type != Type::encoding;
    // To it a zero byte is the end, and a low surrogate alone a character.
    if (text.find('\0') != std::string_view::npos) only_ours = true;
    if (decoded.error.message.find("low surrogate") != std::string::npos) only_ours = true;
    require(document.HasParseError() || only_ours, "what RapidJSON reads is refused", decoded.error.message);
    return 0;
  }
  // It knows doubles only.
  if (document.GetParseError() == rapidjson::kParseErrorNumberTooBig) return 0;
  require(!document.HasParseError(), "what RapidJSON refuses is read", text);
  require(same(decoded.value(), document), "RapidJSON reads another value", text);
  check_fields(text);
  check_writing(text);
  return 0;
}
