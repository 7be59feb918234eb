#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/body_beginning.hpp"
#include "net/dispatch.hpp"
#include "net/limits.hpp"

namespace hiveframe::net {

/// Bytes of a connection in, requests out, one after the other (RFC 9112). No I/O; Beast's parser within.
///
///   feed(bytes), then advance() until it wants more. After `head` the caller may look at head() and decide;
///   after `complete` it takes the body, and next() begins the following request with the bytes left over.
class RequestParser {
 public:
  explicit RequestParser(const Limits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class Progress : std::uint8_t { need_more, head, complete, failed };

  /// Buffered until used. Callers feed when more is needed, not ahead, so that the buffer stays within the
  /// header limit and one piece.
  void feed(std::string_view bytes);

  /// `head` comes once in a request, before `complete`; `failed` is final.
  Progress advance();

  /// What to answer when it failed: 400, 413, 431, 501 or 505, after which the connection is closed.
  struct Failure {
    unsigned status = 400;
    std::string detail;
  };
  const Failure& failure() const noexcept { return failure_; }

  /// Valid from `head` to next().
  const RequestHead& head() const noexcept { return head_; }
  /// Once, after `complete`.
  std::string take_body();

  void next();

  /// Whether bytes of a request have come that is not complete.
  bool has_begun() const noexcept;

 private:
  struct Beast;

  Progress fail(unsigned status, std::string detail);
  Progress read_head();

  Limits limits_;
  std::string buffer_;
  std::unique_ptr<Beast> beast_;
  RequestHead head_;
  bool head_said_ = false;
  BodyBeginning body_beginning_;
  bool failed_ = false;
  Failure failure_;
};

}  // namespace hiveframe::net
