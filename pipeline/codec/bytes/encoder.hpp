#pragma once

#include "pipeline/codec/encoder.hpp"

namespace hiveframe::codec::bytes {

/// Writes bytes and strings as they are. Other values are refused.
class BytesEncoder final : public Encoder {
 public:
  bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
              record::DataError& error) override;
};

}  // namespace hiveframe::codec::bytes
