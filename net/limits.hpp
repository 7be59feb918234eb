#pragma once

#include <chrono>
#include <cstddef>

namespace hiveframe::net {

/// What one server gives to its clients together, and to each of them. Plain settings; all above zero.
struct Limits {
  std::size_t connections = 256;         ///< of all listeners together
  std::size_t header_bytes = 16 * 1024;  ///< request line and fields
  std::size_t body_bytes = 1024 * 1024;
  std::chrono::milliseconds handshake_time{10'000};  ///< of TLS
  std::chrono::milliseconds head_time{10'000};  ///< from the first byte of a request (of a connection: from
                                                ///< its beginning) to the last of its head
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{60'000};   ///< from an answer to the next request
  std::chrono::milliseconds write_time{30'000};  ///< for each 64 KiB of an answer, or a stream's piece
};

}  // namespace hiveframe::net
