#include "net/tls_transport.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <utility>

#include "net/host.hpp"
#include "net/stream_io.hpp"

namespace hiveframe::net {
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace {

struct Free {
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// RFC 2253, as openssl x509 -subject -nameopt RFC2253 shows it.
std::string to_subject(X509& certificate) {
  const std::unique_ptr<BIO, Free> out(BIO_new(BIO_s_mem()));
  std::string text;
  if (out && X509_NAME_print_ex(out.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253) >= 0) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    text.assign(data, static_cast<std::size_t>(size));
  }
  // A certificate without a subject is a certificate all the same.
  return text.empty() ? "(no subject)" : text;
}

class TlsTransport final : public Transport {
 public:
  TlsTransport(Socket socket, std::shared_ptr<ssl::context> context, ssl::stream_base::handshake_type side)
      : context_(std::move(context)), stream_(std::move(socket), *context_), side_(side) {}

  void expect_host(const std::string& host) {
    const auto parsed = parse_host(host.find(':') == std::string::npos ? host : "[" + host + "]");
    // Names only (RFC 6066 section 3).
    if (!parsed || !parsed->is_address) SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str());
    stream_.set_verify_callback(ssl::host_name_verification(host));
  }

  Task<void> handshake() override { co_await stream_.async_handshake(side_, asio::use_awaitable); }

  Task<std::size_t> read(std::span<char> into) override { return read_from(stream_, into); }
  Task<void> write(Pieces pieces) override { return write_to(stream_, pieces); }

  Task<void> finish() override { co_await stream_.async_shutdown(asio::use_awaitable); }

  void cancel() noexcept override {
    boost::system::error_code ignored;
    stream_.next_layer().cancel(ignored);
  }

  void close() noexcept override {
    boost::system::error_code ignored;
    stream_.next_layer().close(ignored);
  }

  std::string certificate_subject() const override {
    SSL* native = const_cast<ssl::stream<Socket>&>(stream_).native_handle();
    // Verification passed, or the handshake would have failed; without a certificate it passes too.
    const std::unique_ptr<X509, Free> certificate(SSL_get1_peer_certificate(native));
    return certificate ? to_subject(*certificate) : std::string();
  }
  bool encrypted() const noexcept override { return true; }

 private:
  std::shared_ptr<ssl::context> context_;
  ssl::stream<Socket> stream_;
  ssl::stream_base::handshake_type side_;
};

}  // namespace

std::unique_ptr<Transport> make_tls_server_transport(Socket socket, std::shared_ptr<ssl::context> context) {
  return std::make_unique<TlsTransport>(std::move(socket), std::move(context), ssl::stream_base::server);
}

std::unique_ptr<Transport> make_tls_client_transport(Socket socket, std::shared_ptr<ssl::context> context,
                                                     const std::string& host) {
  auto transport =
      std::make_unique<TlsTransport>(std::move(socket), std::move(context), ssl::stream_base::client);
  transport->expect_host(host);
  return transport;
}

}  // namespace hiveframe::net
