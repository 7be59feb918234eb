#include "pipeline/codec/json/encoder.hpp"

#include <cstring>
#include <simdjson.h>

#include "pipeline/codec/json/characters.hpp"
#include "pipeline/codec/json/writer.hpp"

namespace hiveframe::codec::json {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

std::string_view on_one_line(std::string_view text, record::Arena& into) {
  // simdjson writes in blocks of at most 64 bytes.
  const auto room = into.spare(text.size() + 64 + 1);
  std::size_t size = 0;
  if (simdjson::minify(text.data(), text.size(), room.data(), size) != simdjson::SUCCESS) return {};
  room[size] = '\n';
  into.take(size + 1);
  return {room.data(), size};
}

}  // namespace

bool JsonEncoder::encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
                         record::DataError& error) {
  const record::Record& record = draft.record();
  if (!record.changed && !record.original.empty() && draft.storage().is_in("json")) {
    const std::string_view original = trimmed(record.original);
    if (record.one_line || std::memchr(original.data(), '\n', original.size()) == nullptr) {
      encoded = original;
      return true;
    }
    encoded = on_one_line(original, into);
    if (!encoded.empty()) return true;
  }
  const record::Value& value = draft.value();
  const record::Arena::Mark before = into.mark();
  Writer writer(into);
  if (!writer.write(value)) {
    into.rewind(before);
    error = {record::DataError::Type::value, "JSON has no number for " + writer.problem()};
    return false;
  }
  writer.write_raw("\n");
  encoded = writer.finish();
  encoded.remove_suffix(1);
  return true;
}

}  // namespace hiveframe::codec::json
