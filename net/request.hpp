#pragma once

#include <map>
#include <string>

#include "net/header_list.hpp"
#include "net/method.hpp"
#include "net/query.hpp"

namespace hiveframe::net {

/// Who sent a request, as far as the connection says.
struct Peer {
  std::string address;              ///< "127.0.0.1:40312", "[::1]:40312", or "unix"
  std::string certificate_subject;  ///< of a client certificate that was verified (RFC 2253); else empty
  bool local_socket = false;        ///< over a Unix socket: no browser can be behind it
  bool encrypted = false;           ///< over TLS
};

/// A request as its handler sees it. The connection owns it until the answer has been sent, streams included.
struct Request {
  Method method = Method::get;
  std::string path;                               ///< as it was sent, percent-encoded, without the query
  std::map<std::string, std::string> parameters;  ///< what stands for {name} in the route's pattern, decoded
  Query query;
  HeaderList headers;
  std::string body;
  Peer peer;
};

}  // namespace hiveframe::net
