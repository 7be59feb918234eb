#include "pipeline/codec/bytes/encoder.hpp"

#include <fmt/format.h>

#include "pipeline/record/kind_name.hpp"

namespace hiveframe::codec::bytes {

bool BytesEncoder::encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
                          record::DataError& error) {
  const record::Record& record = draft.record();
  const std::string_view format = draft.storage().format;
  if (!record.changed && record.original.data() != nullptr && (format == "bytes" || format == "text")) {
    encoded = record.original;
    return true;
  }
  const record::Value& value = draft.value();
  if (!value.is(record::Kind::bytes) && !value.is(record::Kind::string)) {
    error = {record::DataError::Type::value,
             fmt::format("only bytes and strings can be written as bytes, and this record is {}",
                         with_article(value.kind()))};
    return false;
  }
  encoded = into.copy(value.text());
  return true;
}

}  // namespace hiveframe::codec::bytes
