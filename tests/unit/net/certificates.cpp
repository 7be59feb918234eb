#include "tests/unit/net/certificates.hpp"

#include <cstdlib>
#include <stdexcept>

namespace hiveframe::net {
namespace {

void run(const std::string& command) {
  if (std::system((command + " >/dev/null 2>&1").c_str()) != 0)
    throw std::runtime_error("failed: " + command);
}

std::string new_key(const std::string& file) {
  return "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout '" + file +
         ".key' -out '" + file + ".pem'";
}

}  // namespace

Certificates::Certificates() {
  const std::string signing =
      " -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign";
  const auto signed_by = [&](const std::string& ca) {
    return " -CA '" + path(ca) + ".pem' -CAkey '" + path(ca) +
           ".key' -addext basicConstraints=critical,CA:false";
  };
  run(new_key(path("ca")) + " -subj '/CN=test CA'" + signing);
  run(new_key(path("other-ca")) + " -subj '/CN=other CA'" + signing);
  run(new_key(path("server")) + " -subj '/CN=server' -addext subjectAltName=IP:127.0.0.1,DNS:localhost" +
      signed_by("ca"));
  run(new_key(path("client")) + " -subj '/O=hive/CN=operator'" + signed_by("ca"));
  run("openssl ec -in '" + path("server") + ".key' -out '" + path("locked") +
      ".key' -aes128 -passout pass:x");
  run(new_key(path("stranger")) + " -subj '/CN=stranger'" + signed_by("other-ca"));
}

}  // namespace hiveframe::net
