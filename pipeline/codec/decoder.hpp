#pragma once

#include <memory>

#include "pipeline/record/data_error.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::codec {

/// Turns one record's bytes into a value. Each worker has its own; it keeps scratch between records.
///
/// decode() validates everything (encoding, syntax, depth, duplicate keys) and leaves the tree unbuilt:
/// the draft asks this decoder for it until the next decode().
class Decoder : public record::LazyTree {
 public:
  /// Checks the draft's original bytes. False: they are bad, `error` says why; the draft is unchanged.
  virtual bool decode(record::Draft& draft, record::DataError& error) = 0;
};

}  // namespace hiveframe::codec
