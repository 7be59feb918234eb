#include "net/response_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/none.hpp>
#include <utility>

namespace hiveframe::net {
namespace http = boost::beast::http;
namespace {

constexpr std::size_t line_bytes = 64 * 1024;

}  // namespace

struct ResponseParser::Beast {
  http::response_parser<http::string_body> parser;
};

ResponseParser::ResponseParser(bool head_request) : head_request_(head_request) { begin(); }
ResponseParser::~ResponseParser() = default;

void ResponseParser::begin() {
  beast_ = std::make_unique<Beast>();
  beast_->parser.header_limit(line_bytes);
  beast_->parser.body_limit(boost::none);
  beast_->parser.skip(head_request_);
  body_beginning_ = {};
}

ResponseParser::Progress ResponseParser::feed(std::string_view bytes) {
  buffer_ += bytes;
  return advance();
}

ResponseParser::Progress ResponseParser::advance() {
  for (;;) {
    auto& parser = beast_->parser;
    if (parser.is_header_done() && !head_done_) {
      if (parser.get().result_int() / 100 == 1) {
        begin();
        continue;
      }
      head_done_ = true;
      status_ = parser.get().result_int();
      for (const auto& each : parser.get())
        headers_.add(std::string(each.name_string()), std::string(each.value()));
    }
    if (parser.is_done()) return Progress::complete;
    if (!body_beginning_.suffices(parser, buffer_.size())) return Progress::need_more;
    boost::beast::error_code code;
    buffer_.erase(0, parser.put(boost::asio::buffer(buffer_), code));
    if (code == http::error::need_more && buffer_.size() <= line_bytes) return Progress::need_more;
    if (code) {
      failure_ = "this is no HTTP answer: " + code.message();
      return Progress::failed;
    }
  }
}

ResponseParser::Progress ResponseParser::end() {
  auto& parser = beast_->parser;
  if (parser.is_done() && head_done_) return Progress::complete;
  boost::beast::error_code code;
  if (parser.got_some()) parser.put_eof(code);
  if (parser.is_done() && !code) return Progress::complete;
  failure_ = head_done_ ? "the connection ended in the middle of the answer"
                        : "the connection ended without an answer";
  return Progress::failed;
}

std::string ResponseParser::take_body() { return std::exchange(beast_->parser.get().body(), {}); }

}  // namespace hiveframe::net
