#pragma once

#include "pipeline/codec/encoder.hpp"

namespace hiveframe::codec::json {

/// Encodes a record as one JSON text on one line. A record that came as JSON and was not changed keeps
/// its bytes, spelling of numbers included; if it stood on several lines, only the space between its
/// tokens goes.
class JsonEncoder final : public Encoder {
 public:
  bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
              record::DataError& error) override;
};

}  // namespace hiveframe::codec::json
