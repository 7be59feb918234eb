#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/body_beginning.hpp"
#include "net/header_list.hpp"

namespace hiveframe::net {

/// Bytes of a connection in, one response out, its body piece by piece (RFC 9112). Answers before the last
/// one (100 Continue) are passed over. No I/O; Beast's parser within.
class ResponseParser {
 public:
  /// `head_request`: the answer to HEAD has no body, whatever it says.
  explicit ResponseParser(bool head_request);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  enum class Progress : std::uint8_t { need_more, complete, failed };

  Progress feed(std::string_view bytes);
  /// The connection ended: complete if that is how this body ends, else failed.
  Progress end();

  bool has_head() const noexcept { return head_done_; }
  unsigned status() const noexcept { return status_; }
  const HeaderList& headers() const noexcept { return headers_; }
  /// What has come of the body since the last call.
  std::string take_body();
  /// Why it failed.
  const std::string& failure() const noexcept { return failure_; }

 private:
  struct Beast;

  void begin();
  Progress advance();

  const bool head_request_;
  std::string buffer_;
  std::unique_ptr<Beast> beast_;
  bool head_done_ = false;
  BodyBeginning body_beginning_;
  unsigned status_ = 0;
  HeaderList headers_;
  std::string failure_;
};

}  // namespace hiveframe::net
