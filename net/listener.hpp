// Private to net/: brings Asio's sockets.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "net/access_check.hpp"
#include "net/listener_settings.hpp"
#include "net/socket.hpp"
#include "net/task.hpp"
#include "net/transport.hpp"
#include "net/unix_socket_file.hpp"

namespace hiveframe::net {

/// What a listener does with those who come: the server.
class Reception {
 public:
  virtual ~Reception() = default;

  /// Whether there is room for one more; if so, receive() follows.
  virtual bool admit() = 0;
  virtual void receive(std::unique_ptr<Transport> transport, Peer peer,
                       std::shared_ptr<const AccessCheck> access) = 0;
  /// The system has no descriptor left: close one that nobody will miss.
  virtual void make_room() = 0;
};

/// Accepts connections on every address of one setting. Owned by the server, and kept by its own coroutines
/// until close(). On the server's executor only.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(boost::asio::any_io_executor executor, ListenerSettings settings,
           std::weak_ptr<Reception> reception);

  /// Binds, and begins to accept. Gives the port, or 0. Throws Error.
  std::uint16_t open();
  void close();

 private:
  std::uint16_t open_tcp(const TcpAddress& address);
  void open_unix(const UnixAddress& address);
  void require_loopback_or_credentials(const boost::asio::ip::tcp::endpoint& endpoint) const;
  void pass_on(Socket socket, Reception& reception);
  static Task<void> accept(std::shared_ptr<Listener> self, std::size_t index);

  const boost::asio::any_io_executor executor_;
  ListenerSettings settings_;  ///< with the port that was found, once it is open
  const std::weak_ptr<Reception> reception_;
  const std::shared_ptr<const AccessCheck> access_;
  std::shared_ptr<boost::asio::ssl::context> tls_;  ///< null: plain
  std::optional<UnixSocketFile> file_;
  std::vector<Acceptor> acceptors_;
};

}  // namespace hiveframe::net
