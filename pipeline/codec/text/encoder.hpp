#pragma once

#include "pipeline/codec/encoder.hpp"

namespace hiveframe::codec::text {

/// Writes a string as a line. Other values, and strings that hold an end of line, are refused.
class TextEncoder final : public Encoder {
 public:
  bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
              record::DataError& error) override;
};

}  // namespace hiveframe::codec::text
