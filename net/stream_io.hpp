// Reading and writing as Transport promises it, of a socket and of TLS over one. For .cpp files: Asio.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cstddef>
#include <span>

#include "net/transport.hpp"

namespace hiveframe::net {

/// Transport::read(). Of TLS this is the end that was announced; without it (stream_truncated) something may
/// be missing, which is thrown.
template <class Stream>
Task<std::size_t> read_from(Stream& stream, std::span<char> into) {
  try {
    const boost::asio::mutable_buffer buffer(into.data(), into.size());
    const std::size_t size = co_await stream.async_read_some(buffer, boost::asio::use_awaitable);
    co_return size;
  } catch (const boost::system::system_error& error) {
    if (error.code() != boost::asio::error::eof) throw;
  }
  co_return 0;
}

/// Transport::write().
template <class Stream>
Task<void> write_to(Stream& stream, Pieces pieces) {
  const std::array<boost::asio::const_buffer, 3> buffers = {
      boost::asio::buffer(pieces[0]), boost::asio::buffer(pieces[1]), boost::asio::buffer(pieces[2])};
  co_await boost::asio::async_write(stream, buffers, boost::asio::use_awaitable);
}

}  // namespace hiveframe::net
