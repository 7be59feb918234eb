#include "net/http_client.hpp"

#include <array>
#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sslerr.h>
#include <sys/un.h>
#include <utility>

#include "net/error.hpp"
#include "net/plain_transport.hpp"
#include "net/response_parser.hpp"
#include "net/server_url.hpp"
#include "net/tls_transport.hpp"

namespace hiveframe::net {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

/// RFC 7617.
std::string basic(const std::string& user, const config::Secret& password) {
  const std::string pair = user + ":" + std::string(password.reveal());
  std::string text(4 * ((pair.size() + 2) / 3) + 1, '\0');  // and the zero that OpenSSL adds
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string to_head(const ClientRequest& request, const ServerUrl& url, const ClientSettings& settings) {
  std::string head =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nUser-Agent: hiveframed\r\n",
                  to_string(request.method), request.target, url.host_field);
  if (!settings.token.empty()) {
    head += fmt::format("Authorization: Bearer {}\r\n", settings.token.reveal());
  } else if (!settings.user.empty()) {
    head += fmt::format("Authorization: Basic {}\r\n", basic(settings.user, settings.password));
  }
  if (!request.body.empty()) head += fmt::format("Content-Type: {}\r\n", request.content_type);
  if (!request.body.empty() || !is_safe(request.method))
    head += fmt::format("Content-Length: {}\r\n", request.body.size());
  return head + "\r\n";
}

bool has_control_characters(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return true;
  }
  return false;
}

bool is_alert_about_our_certificate(const boost::system::error_code& code) {
  if (code.category() != asio::error::get_ssl_category()) return false;
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(code.value()));
  return reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED || reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA ||
         reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE || reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE;
}

std::string advice(const boost::system::error_code& code) {
  if (code == asio::error::connection_refused) return "check that the server runs and listens there";
  if (code == boost::system::errc::no_such_file_or_directory)
    return "check that the server runs and that this is the path of its socket";
  if (code == boost::system::errc::permission_denied)
    return "run as a user who may write to the socket: one of its group";
  if (code.category() == asio::error::get_netdb_category()) return "check the host's name";
  if (is_alert_about_our_certificate(code))
    return "give the client certificate, with its key, that the server asks for";
  if (code.category() == asio::error::get_ssl_category())
    return "check that the server speaks TLS there, that the CA is the one that signed its certificate, and "
           "that "
           "the certificate is for this name";
  return "check address and server";
}

}  // namespace

class HttpClient::Implementation {
 public:
  explicit Implementation(ClientSettings settings)
      : settings_(std::move(settings)), url_(ServerUrl::parse(settings_.url)), timer_(context_) {
    if (url_.tls) tls_ = make_client_context(settings_.tls);
    if (has_control_characters(settings_.token.reveal()))
      throw Error({"use", "the token", "it holds a space or control character",
                   "give it without a newline at its end"});
  }

  ClientResponse run(const ClientRequest& request, const Take* take) {
    if (has_control_characters(request.target))
      throw Error({"ask for", "a path", "it holds a space or control character", "percent-encode it"});
    if (cancelled_) throw Cancelled();
    state_ = std::make_unique<State>();
    std::exception_ptr failure;
    Task<void> exchange = this->exchange(request, take);
    asio::co_spawn(
        context_, std::move(exchange),
        asio::bind_cancellation_slot(state_->cancellation.slot(), [&](const std::exception_ptr& error) {
          failure = error;
          state_->done = true;
          timer_.cancel();
        }));
    context_.restart();
    context_.run();
    const std::unique_ptr<State> state = std::move(state_);
    if (failure) rethrow(failure, *state);
    return std::move(state->response);
  }

  void cancel() {
    cancelled_ = true;
    asio::post(context_, [this] { end(); });
  }

 private:
  // What one request is about, while it is under way.
  struct State {
    asio::cancellation_signal cancellation;
    std::unique_ptr<Transport> transport;
    ClientResponse response;
    const char* tried = "connect to";
    std::exception_ptr from_taker;
    bool timed_out = false;
    bool done = false;
  };

  void end() {
    if (!state_ || state_->done) return;
    if (state_->transport) state_->transport->close();
    state_->cancellation.emit(asio::cancellation_type::terminal);
  }

  void set_deadline(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([this](const boost::system::error_code& code) {
      if (code || !state_) return;
      state_->timed_out = true;
      end();
    });
  }

  Task<void> exchange(const ClientRequest& request, const Take* take) {
    set_deadline(settings_.connect_time);
    co_await connect();
    Transport& transport = *state_->transport;
    co_await transport.handshake();

    state_->tried = "ask";
    set_deadline(settings_.answer_time);
    const std::string head = to_head(request, url_, settings_);
    boost::system::error_code unsent;
    try {
      co_await transport.write({head, request.body});
    } catch (const boost::system::system_error& error) {
      // A server that refuses a body may have said so before it closed.
      unsent = error.code();
      if (unsent == asio::error::operation_aborted) throw;
    }
    ResponseParser parser(request.method == Method::head);
    bool again = true;
    while (again)
      again = co_await receive(parser, take, unsent);
  }

  Task<bool> receive(ResponseParser& parser, const Take* take, const boost::system::error_code& unsent) {
    const std::size_t size = co_await state_->transport->read(buffer_);
    if (size == 0 && unsent && !parser.has_head()) throw boost::system::system_error(unsent);
    const bool had_head = parser.has_head();
    const auto progress = size == 0 ? parser.end() : parser.feed({buffer_.data(), size});
    if (parser.has_head()) {
      ClientResponse& response = state_->response;
      if (!had_head) {
        response.status = parser.status();
        response.headers = parser.headers();
        if (take != nullptr && response.succeeded()) timer_.cancel();
      }
      const bool wants_more = pass_on(parser.take_body(), take);
      if (!wants_more) co_return false;
    }
    if (progress == ResponseParser::Progress::failed) throw failed(parser.failure());
    co_return progress == ResponseParser::Progress::need_more;
  }

  bool pass_on(const std::string& piece, const Take* take) {
    ClientResponse& response = state_->response;
    if (take != nullptr && response.succeeded()) {
      if (piece.empty()) return true;
      try {
        return (*take)(piece);
      } catch (...) {
        state_->from_taker = std::current_exception();
        throw;
      }
    }
    if (response.body.size() + piece.size() > settings_.answer_bytes)
      throw failed(fmt::format("the answer is longer than {} bytes", settings_.answer_bytes));
    response.body += piece;
    return true;
  }

  Task<void> connect() {
    Socket socket(context_);
    if (!url_.socket_path.empty()) {
      if (url_.socket_path.size() >= sizeof(sockaddr_un::sun_path))
        throw Error({"connect to", url_.to_text(), "the path of a Unix socket has at most 107 bytes", ""});
      const asio::local::stream_protocol::endpoint endpoint(url_.socket_path);
      co_await socket.async_connect(endpoint, asio::use_awaitable);
    } else {
      tcp::resolver resolver(context_);
      const tcp::resolver::results_type found =
          co_await resolver.async_resolve(url_.host, url_.port, asio::use_awaitable);
      boost::system::error_code code = asio::error::host_not_found;
      for (const auto& each : found) {
        if (!code) break;
        socket = Socket(context_);
        co_await socket.async_connect(each.endpoint(), asio::redirect_error(asio::use_awaitable, code));
        if (state_->timed_out) code = asio::error::operation_aborted;
      }
      if (code) throw boost::system::system_error(code);
      socket.set_option(tcp::no_delay(true), code);
    }
    state_->transport = url_.tls ? make_tls_client_transport(std::move(socket), tls_, url_.host)
                                 : make_plain_transport(std::move(socket));
  }

  Error failed(std::string answer) const {
    return Error({state_->tried, url_.to_text(), std::move(answer), "see the server's log"});
  }

  [[noreturn]] void rethrow(const std::exception_ptr& failure, const State& state) const {
    if (state.from_taker) std::rethrow_exception(state.from_taker);
    if (cancelled_) throw Cancelled();
    if (state.timed_out) {
      throw Error(
          {state.tried, url_.to_text(), "no answer in time",
           "check that the server is not overloaded or stopped, and that nothing between drops packets"});
    }
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      throw Error({state.tried, url_.to_text(), error.code().message(), advice(error.code())});
    }
  }

  const ClientSettings settings_;
  const ServerUrl url_;
  std::shared_ptr<asio::ssl::context> tls_;
  asio::io_context context_;
  asio::steady_timer timer_;
  std::unique_ptr<State> state_;
  std::array<char, 16384> buffer_{};
  std::atomic<bool> cancelled_ = false;
};

HttpClient::HttpClient(ClientSettings settings)
    : implementation_(std::make_unique<Implementation>(std::move(settings))) {}
HttpClient::~HttpClient() = default;

ClientResponse HttpClient::send(const ClientRequest& request) {
  return implementation_->run(request, nullptr);
}

ClientResponse HttpClient::stream(const ClientRequest& request, const Take& take) {
  return implementation_->run(request, &take);
}

void HttpClient::cancel() { implementation_->cancel(); }

}  // namespace hiveframe::net
