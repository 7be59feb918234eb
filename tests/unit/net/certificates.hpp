#pragma once

#include <string>

#include "tests/unit/net/temporary_folder.hpp"

namespace hiveframe::net {

/// Certificates made by the openssl command in a folder of their own:
/// ca.pem; server.pem for 127.0.0.1 and localhost; client.pem (CN=operator) of the same CA; other-ca.pem and
/// stranger.pem, a client's of that one. Keys are <name>.key; locked.key is the server's, encrypted.
class Certificates {
 public:
  Certificates();

  std::string path(const std::string& name) const { return folder_ / name; }

 private:
  TemporaryFolder folder_;
};

}  // namespace hiveframe::net
