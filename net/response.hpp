#pragma once

#include <functional>
#include <string>

#include "net/body_writer.hpp"
#include "net/header_list.hpp"

namespace hiveframe::net {

/// Writes a body piece by piece, as it comes to be; the answer ends when it returns. One that throws is cut
/// off without its last chunk, so that a client sees that something is missing.
using Stream = std::function<Task<void>(BodyWriter&)>;

/// What a handler answers.
struct Response {
  unsigned status = 200;
  std::string content_type;  ///< empty if there is no body
  std::string body;
  HeaderList headers;  ///< beside those that the server writes itself (length, date, security)
  Stream stream;       ///< instead of `body`; chunked, and the last answer of its connection

  static Response json(std::string body, unsigned status = 200);
  static Response text(std::string body, unsigned status = 200);
  static Response no_content();
  static Response streamed(std::string content_type, Stream stream);
};

}  // namespace hiveframe::net
