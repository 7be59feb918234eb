#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/format.hpp"

namespace hiveframe::codec {

/// One record in a Storage of its own, with a format's decoder and encoder at hand.
class OneRecord {
 public:
  OneRecord(std::string_view format, std::string_view bytes)
      : format_(*find_format(format)), decoder_(format_.decoder()), encoder_(format_.encoder()) {
    storage_.format = format_.wire;
    record::Buffer& buffer = storage_.add(record::Buffer(bytes.size()));
    if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
    // Whatever follows a record in its buffer is not part of it.
    std::memset(buffer.data() + bytes.size(), '7', record::Buffer::padding);
    record_.original = {buffer.data(), bytes.size()};
  }

  bool decode() { return decoder_->decode(draft_, error); }
  std::optional<record::Value> find(std::vector<std::string_view> path) { return draft_.find(path); }
  const record::Value& value() { return draft_.value(); }
  /// In a format; nothing if that is refused.
  std::optional<std::string> encode(std::string_view format) {
    std::string_view encoded;
    const auto encoder = find_format(format)->encoder();
    if (!encoder->encode(draft_, storage_.arena, encoded, error)) return std::nullopt;
    return std::string(encoded);
  }
  record::Draft& draft() { return draft_; }
  record::Storage& storage() { return storage_; }
  Decoder& decoder() { return *decoder_; }

  record::DataError error;

 private:
  const Format& format_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Encoder> encoder_;
  record::Storage storage_;
  record::Record record_;
  record::Arena scratch_;
  record::Draft draft_{storage_, record_, scratch_};
};

}  // namespace hiveframe::codec
