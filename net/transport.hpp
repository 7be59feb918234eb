#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "net/task.hpp"

namespace hiveframe::net {

/// What is written at once; some may be empty.
using Pieces = std::array<std::string_view, 3>;

/// The bytes of one connection, over TCP or a Unix socket, plain or in TLS. Owned by a connection or client,
/// and used on its executor only; one read and one write may be under way at a time. Failures are
/// boost::system::system_error.
class Transport {
 public:
  virtual ~Transport() = default;

  /// TLS's; a plain one has nothing to do.
  virtual Task<void> handshake() = 0;

  /// At least one byte; 0 at the end of what the other side sends.
  virtual Task<std::size_t> read(std::span<char> into) = 0;

  /// All pieces, one behind the other. Their text lives until it returns.
  virtual Task<void> write(Pieces pieces) = 0;

  /// Tells the other side that nothing follows. What it sends can still be read.
  virtual Task<void> finish() = 0;

  /// Ends what is under way with operation_aborted; the connection can be used again.
  virtual void cancel() noexcept = 0;
  /// Ends everything, at once.
  virtual void close() noexcept = 0;

  /// The subject of a certificate that the other side showed and we verified; else empty.
  virtual std::string certificate_subject() const = 0;
  virtual bool encrypted() const noexcept = 0;
};

}  // namespace hiveframe::net
