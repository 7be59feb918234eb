#include "net/request_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "net/ascii_case.hpp"

namespace hiveframe::net {
namespace http = boost::beast::http;
namespace {

// Whether the first line ends in a version, known here or not; else it is no request line at all.
bool names_version(std::string_view text) {
  const std::string_view line = text.substr(0, text.find("\r\n"));
  if (line.size() < 9) return false;
  const std::string_view version = line.substr(line.size() - 9);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.starts_with(" HTTP/") && is_digit(version[6]) && version[7] == '.' && is_digit(version[8]) &&
         line.find('\n') == std::string_view::npos && std::ranges::count(line, ' ') == 2;
}

RequestParser::Failure to_failure(const boost::beast::error_code& code, const Limits& limits,
                                  std::string_view text) {
  if (code == http::error::body_limit)
    return {413, "the body is longer than " + std::to_string(limits.body_bytes) + " bytes"};
  if (code == http::error::header_limit || code == http::error::buffer_overflow)
    return {431, "request line and fields are longer than " + std::to_string(limits.header_bytes) + " bytes"};
  if (code == http::error::bad_version && names_version(text))
    return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return {400, "this is no HTTP request: " + code.message()};
}

}  // namespace

struct RequestParser::Beast {
  http::request_parser<http::string_body> parser;
};

RequestParser::RequestParser(const Limits& limits) : limits_(limits) { next(); }
RequestParser::~RequestParser() = default;

void RequestParser::next() {
  beast_ = std::make_unique<Beast>();
  beast_->parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
  beast_->parser.body_limit(limits_.body_bytes);
  head_ = {};
  head_said_ = false;
  body_beginning_ = {};
}

void RequestParser::feed(std::string_view bytes) { buffer_ += bytes; }

bool RequestParser::has_begun() const noexcept {
  return !beast_->parser.is_done() && (!buffer_.empty() || beast_->parser.got_some());
}

RequestParser::Progress RequestParser::fail(unsigned status, std::string detail) {
  failed_ = true;
  failure_ = {status, std::move(detail)};
  return Progress::failed;
}

RequestParser::Progress RequestParser::advance() {
  if (failed_) return Progress::failed;
  auto& parser = beast_->parser;
  // Empty lines before a request are passed over (RFC 9112 section 2.2).
  while (!parser.got_some() && buffer_.starts_with("\r\n"))
    buffer_.erase(0, 2);
  if (!parser.got_some() && buffer_ == "\r") return Progress::need_more;

  for (;;) {
    if (parser.is_header_done() && !head_said_) return read_head();
    if (parser.is_done()) return Progress::complete;
    if (!body_beginning_.suffices(parser, buffer_.size())) return Progress::need_more;
    boost::beast::error_code code;
    const std::size_t used = parser.put(boost::asio::buffer(buffer_), code);
    const std::string_view left = std::string_view(buffer_).substr(used);
    if (code && code != http::error::need_more) {
      Failure failure = to_failure(code, limits_, left);
      return fail(failure.status, std::move(failure.detail));
    }
    buffer_.erase(0, used);
    if (code) {
      // The fields and a chunk's line come whole, and must not be longer than this.
      if (buffer_.size() > limits_.header_bytes)
        return fail(parser.is_header_done() ? 400 : 431, "a line is longer than is taken here");
      return Progress::need_more;
    }
  }
}

RequestParser::Progress RequestParser::read_head() {
  const auto& parser = beast_->parser;
  const auto& message = parser.get();
  head_said_ = true;
  head_.method = std::string(message.method_string());
  head_.target = std::string(message.target());
  head_.version = message.version();
  for (const auto& each : message)
    head_.headers.add(std::string(each.name_string()), std::string(each.value()));

  // Who disagrees about where a request ends can be made to read another one (RFC 9112 section 6.1).
  if (const std::string* coding = head_.headers.find("Transfer-Encoding")) {
    if (head_.version < 11) return fail(400, "HTTP/1.0 has no Transfer-Encoding");
    if (!equal_ignoring_case(*coding, "chunked") || head_.headers.count("Transfer-Encoding") != 1)
      return fail(501, "of transfer codings only chunked is known here");
  }
  head_.has_body = !parser.is_done();
  head_.keep_alive = head_.version == 11 && !head_.headers.has_token("Connection", "close");
  if (const std::string* expectation = head_.headers.find("Expect")) {
    if (!equal_ignoring_case(*expectation, "100-continue"))
      return fail(417, "only 100-continue can be expected here");
    head_.expects_continue = head_.version == 11;
  }
  return Progress::head;
}

std::string RequestParser::take_body() { return std::exchange(beast_->parser.get().body(), {}); }

}  // namespace hiveframe::net
