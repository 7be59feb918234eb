// Private to net/: brings Asio's sockets.
#pragma once

#include <memory>
#include <string>

#include "net/socket.hpp"
#include "net/tls_context.hpp"
#include "net/transport.hpp"

namespace hiveframe::net {

std::unique_ptr<Transport> make_tls_server_transport(Socket socket,
                                                     std::shared_ptr<boost::asio::ssl::context> context);

/// `host` is the name or address that the server's certificate must be for (RFC 9525).
std::unique_ptr<Transport> make_tls_client_transport(Socket socket,
                                                     std::shared_ptr<boost::asio::ssl::context> context,
                                                     const std::string& host);

}  // namespace hiveframe::net
