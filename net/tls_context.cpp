#include "net/tls_context.hpp"

#include <boost/system/error_code.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string>

#include "net/error.hpp"

namespace hiveframe::net {
namespace ssl = boost::asio::ssl;
namespace {

void check(const boost::system::error_code& code, const char* tried, const std::string& path,
           const char* next) {
  if (code) throw Error({tried, path, code.message(), next});
}

std::shared_ptr<ssl::context> make_context(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(native, 0);
  return context;
}

void use_identity(ssl::context& context, const std::string& certificate, const std::string& key) {
  boost::system::error_code code;
  ERR_clear_error();
  context.use_certificate_chain_file(certificate, code);
  check(code, "use the certificate", certificate, "give a PEM file with the certificate first");
  // Without this OpenSSL asks the terminal for an encrypted key's password, and waits.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); },
                                code);
  context.use_private_key_file(key, ssl::context::pem, code);
  check(code, "use the private key", key,
        "give the PEM file of the key that belongs to the certificate, unencrypted");
}

}  // namespace

std::shared_ptr<ssl::context> make_server_context(const ServerTls& settings, bool certificate_optional) {
  auto context = make_context(ssl::context::tls_server);
  use_identity(*context, settings.certificate, settings.key);
  if (settings.client_ca.empty()) return context;
  boost::system::error_code code;
  context->load_verify_file(settings.client_ca, code);
  check(code, "use the client CA", settings.client_ca,
        "give a PEM file of the certificates that sign clients'");
  // Clients are told whose certificates are taken, so that they can choose.
  SSL_CTX_set_client_CA_list(context->native_handle(), SSL_load_client_CA_file(settings.client_ca.c_str()));
  ssl::verify_mode mode = ssl::verify_peer;
  if (!certificate_optional) mode |= ssl::verify_fail_if_no_peer_cert;
  context->set_verify_mode(mode);
  return context;
}

std::shared_ptr<ssl::context> make_client_context(const ClientTls& settings) {
  auto context = make_context(ssl::context::tls_client);
  boost::system::error_code code;
  if (settings.ca.empty()) {
    context->set_default_verify_paths(code);
    check(code, "use", "the system's trusted certificates", "install ca-certificates, or give a CA file");
  } else {
    context->load_verify_file(settings.ca, code);
    check(code, "use the CA", settings.ca, "give a PEM file of the certificate that signed the server's");
  }
  context->set_verify_mode(ssl::verify_peer);
  if (!settings.certificate.empty()) use_identity(*context, settings.certificate, settings.key);
  return context;
}

}  // namespace hiveframe::net
