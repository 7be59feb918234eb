#pragma once

#include <cstddef>

#include "pipeline/record/data_error.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::codec {

/// Turns one record's bytes into a value. Each worker has its own; it keeps scratch between records.
///
/// decode() validates everything (encoding, syntax, depth, duplicate keys) and leaves the tree unbuilt:
/// the draft asks this decoder for it until the next decode(). Values that find() and build() gave
/// outlive that: their text stands in the source bytes or the arena, never in the decoder.
class Decoder : public record::LazyTree {
 public:
  /// Checks the draft's original bytes, behind which stand Buffer::padding readable ones, and ties the
  /// draft to this decoder. False: they are bad, `error` says why; the draft is unchanged.
  virtual bool decode(record::Draft& draft, record::DataError& error) = 0;

  /// At most how many bytes the tree of the record decoded last takes from the arena.
  [[nodiscard]] virtual std::size_t tree_bytes() const noexcept = 0;

  /// Checks all records of a batch into which nobody looks, in one go. True: each is sound. False: one is not,
  /// or this format knows no such way: decode() says which.
  [[nodiscard]] virtual bool all_sound(const record::Storage& batch) const {
    static_cast<void>(batch);
    return false;
  }
};

}  // namespace hiveframe::codec
