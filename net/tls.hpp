#pragma once

#include <string>

namespace hiveframe::net {

/// A server's side of TLS. Paths of PEM files.
struct ServerTls {
  std::string certificate;  ///< the server's own, followed by the intermediate ones
  std::string key;
  std::string client_ca;  ///< who signs client certificates; empty: clients are asked for none
};

/// A client's side of TLS. Paths of PEM files, all optional.
struct ClientTls {
  std::string ca;           ///< who signed the server's certificate; empty: those the system trusts
  std::string certificate;  ///< our own, with its key
  std::string key;
};

}  // namespace hiveframe::net
