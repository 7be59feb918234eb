#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "config/secret.hpp"
#include "net/header_list.hpp"
#include "net/method.hpp"
#include "net/tls.hpp"

namespace hiveframe::net {

/// How a client reaches its server. Plain settings.
struct ClientSettings {
  std::string url;                                ///< http://HOST:PORT, https://HOST:PORT or unix:/PATH
  config::Secret token;                           ///< sent as Authorization: Bearer, if not empty
  std::string user;                               ///< with `password`, sent as Authorization: Basic, if not
  config::Secret password;                        ///< empty and there is no token
  ClientTls tls;                                  ///< of https
  std::chrono::milliseconds connect_time{5'000};  ///< to connect, TLS included
  std::chrono::milliseconds answer_time{
      60'000};  ///< from there to the answer's end; of a stream, to its head
  std::size_t answer_bytes = 64UL * 1024 * 1024;  ///< of an answer that is kept whole
};

struct ClientRequest {
  Method method = Method::get;
  std::string target = "/";  ///< path and query, percent-encoded
  std::string body;
  std::string content_type = "application/json";  ///< of the body, if there is one
};

struct ClientResponse {
  unsigned status = 0;
  HeaderList headers;
  std::string body;

  bool succeeded() const noexcept { return status >= 200 && status < 300; }
};

/// A small blocking HTTP/1.1 client for who asks now and then: a connection per request, no redirects, no
/// proxies. One thread uses it; cancel() is for any.
///
/// What the server answers, errors too, is a response. Everything else is an Error: cannot connect, a
/// certificate that is not trusted, no answer in time, an answer that breaks off.
class HttpClient {
 public:
  /// Throws Error if the URL or a file of TLS cannot be used.
  explicit HttpClient(ClientSettings settings);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  ClientResponse send(const ClientRequest& request);

  /// Gives a successful answer's body to `take` piece by piece as it comes, without end if need be, until it
  /// ends or `take` returns false. The body of any other answer is in the response. What `take` throws passes
  /// through.
  using Take = std::function<bool(std::string_view)>;
  ClientResponse stream(const ClientRequest& request, const Take& take);

  /// Ends what is under way, and all that follows, with Cancelled. (A name that is being resolved is waited
  /// for.)
  void cancel();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// What an answer that is no success says, as an Error: title and detail of its problem+json (RFC 9457) or
/// the status, and what to do about it.
class Error;
Error to_error(const ClientRequest& request, const ClientResponse& response, std::string_view server);

}  // namespace hiveframe::net
