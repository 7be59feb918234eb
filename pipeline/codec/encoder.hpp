#pragma once

#include <string_view>

#include "pipeline/record/data_error.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::codec {


/// Writes one record in a format, without the delimiter. Each worker has its own.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// Sets `encoded` to the record's bytes: the original ones where nothing changed and the formats
  /// agree, else new ones in `into`, which the batch keeps. False: this record cannot be written in
  /// this format (NaN in JSON, an object as text), `error` says why.
  virtual bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
                      record::DataError& error) = 0;
};

}  // namespace hiveframe::codec
