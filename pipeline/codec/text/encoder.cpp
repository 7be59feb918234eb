#include "pipeline/codec/text/encoder.hpp"

#include <cstring>
#include <fmt/format.h>

#include "pipeline/record/kind_name.hpp"

namespace hiveframe::codec::text {

bool TextEncoder::encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
                         record::DataError& error) {
  const record::Record& record = draft.record();
  if (!record.changed && record.original.data() != nullptr && draft.storage().is_in("text")) {
    encoded = record.original;
    return true;
  }
  const record::Value& value = draft.value();
  if (!value.is(record::Kind::string)) {
    error = {record::DataError::Type::value,
             fmt::format("a line of text is a string, and this record is {}", with_article(value.kind()))};
    return false;
  }
  const std::string_view text = value.text();
  if (const std::size_t newline = text.find('\n'); newline != std::string_view::npos) {
    error = {record::DataError::Type::value,
             fmt::format("a line of text cannot hold the end of a line that stands at byte {}", newline + 1)};
    return false;
  }
  char* room = static_cast<char*>(into.allocate(text.size() + 1, 1));
  if (!text.empty()) std::memcpy(room, text.data(), text.size());
  room[text.size()] = '\n';
  encoded = {room, text.size()};
  return true;
}

}  // namespace hiveframe::codec::text
