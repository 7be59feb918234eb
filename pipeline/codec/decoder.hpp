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

  /// Records whose trees take more bytes than this will be refused whatever they hold: decode() need not look
  /// for names that such a one repeats. No limit at first.
  virtual void limit_tree(std::size_t bytes) { static_cast<void>(bytes); }

  /// At most how many bytes the tree of the record decoded last takes from the arena.
  [[nodiscard]] virtual std::size_t tree_bytes() const noexcept = 0;

  /// The largest tree that all_sound() lets pass.
  static constexpr std::size_t small_tree = 64 * 1024;

  /// Checks all records of a batch into which nobody looks, and which shall go on as they stand in
  /// Storage::lines. True: each is sound, and decode() and the format's encoder would leave it as it is;
  /// no tree of theirs takes more than small_tree bytes. False: for one that is not so, or this format
  /// knows no such way: decode() says which.
  [[nodiscard]] virtual bool all_sound(record::Storage& batch) {
    static_cast<void>(batch);
    return false;
  }
};

}  // namespace hiveframe::codec
