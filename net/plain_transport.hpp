// Private to net/: brings Asio's sockets.
#pragma once

#include <memory>

#include "net/socket.hpp"
#include "net/transport.hpp"

namespace hiveframe::net {

std::unique_ptr<Transport> make_plain_transport(Socket socket);

}  // namespace hiveframe::net
