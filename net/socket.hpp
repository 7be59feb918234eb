// Private to net/: brings Asio's sockets.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <string>

namespace hiveframe::net {

/// TCP and Unix sockets alike.
using Socket = boost::asio::generic::stream_protocol::socket;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;
using SocketAddress = boost::asio::generic::stream_protocol::endpoint;

/// "127.0.0.1:8610", "[::1]:8610", "unix"
std::string to_text(const SocketAddress& address);

}  // namespace hiveframe::net
