#pragma once

#include <string_view>

#include "pipeline/record/data_error.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::codec {

/// Writes one record in a format. Each worker has its own.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// Sets `encoded` to the record's bytes, without the delimiter: the original ones where nothing
  /// changed and the formats agree, else new ones in `into`, which the batch keeps. New bytes are
  /// followed by the format's delimiter, so that records encoded one after the other into the same
  /// arena mostly stand side by side as they will in the sink. False: this record cannot be written in
  /// this format (NaN in JSON, an object as text), `error` says why, and `into` is as before.
  virtual bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
                      record::DataError& error) = 0;
};

}  // namespace hiveframe::codec
