#include "pipeline/codec/bytes/decoder.hpp"

namespace hiveframe::codec::bytes {

bool BytesDecoder::decode(record::Draft& draft, record::DataError& error) {
  if (draft.record().original.size() > UINT32_MAX) {
    error = {record::DataError::Type::length, "a record of bytes is at most 4 GiB long"};
    return false;
  }
  source_ = draft.record().original;
  draft.decoded_by(this);
  return true;
}

record::Value BytesDecoder::build(record::Arena&) { return record::Value::bytes(source_); }

std::optional<record::Value> BytesDecoder::find(std::span<const std::string_view> path,
                                                record::Arena& arena) {
  if (!path.empty()) return std::nullopt;
  return build(arena);
}

}  // namespace hiveframe::codec::bytes
