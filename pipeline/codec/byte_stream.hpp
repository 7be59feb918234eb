#pragma once

#include <cstddef>
#include <span>

namespace hiveframe::codec {

/// Bytes from somewhere, in order: a file, a decompressor, a pipe. Blocking; one thread at a time.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills some of `room` (at least one byte); 0 at the end. Throws pipeline::Retryable or Fatal;
  /// what was read before stays good.
  virtual std::size_t read(std::span<char> room) = 0;
};

}  // namespace hiveframe::codec
