#pragma once

#include "pipeline/codec/decoder.hpp"

namespace hiveframe::codec::text {

/// A record is a string: UTF-8, as it is.
class TextDecoder final : public Decoder {
 public:
  bool decode(record::Draft& draft, record::DataError& error) override;
  [[nodiscard]] std::size_t tree_bytes() const noexcept override { return 0; }
  [[nodiscard]] bool all_sound(record::Storage& batch) override;
  record::Value build(record::Arena& arena) override;
  std::optional<record::Value> find(std::span<const std::string_view> path, record::Arena& arena) override;

 private:
  std::string_view source_;
};

}  // namespace hiveframe::codec::text
