// Private to net/: brings Asio's TLS.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "net/tls.hpp"

namespace hiveframe::net {

/// A context and what stands for it in messages. Shared by the connections made with it. Both throw Error
/// that names the file. TLS 1.2 at least (RFC 9325); no compression, renegotiation or resumption.
///
/// `certificate_optional`: a client without a certificate is let through the handshake; one with a wrong
/// certificate never is.
std::shared_ptr<boost::asio::ssl::context> make_server_context(const ServerTls& settings,
                                                               bool certificate_optional);
std::shared_ptr<boost::asio::ssl::context> make_client_context(const ClientTls& settings);

}  // namespace hiveframe::net
