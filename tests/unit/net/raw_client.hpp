#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hiveframe::net {

/// A blocking socket that sends whatever bytes a test wants. Nothing waits for more than 20 s: a test that
/// would hang fails.
class RawClient {
 public:
  /// Of 127.0.0.1, over a socket that this takes over.
  explicit RawClient(std::uint16_t port, int descriptor = new_socket());
  explicit RawClient(const std::string& socket_path);  ///< of a Unix socket
  static int new_socket();
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&&) = delete;

  /// False when the other side has closed.
  bool send(std::string_view bytes);
  /// What comes next, at most 64 KiB; empty at the end, or after a reset.
  std::string receive();
  /// Until the other side closes.
  std::string receive_all();
  /// Until this text has come; what came till then.
  std::string receive_until(std::string_view text);
  /// One answer with a Content-Length, and nothing of the next.
  std::string receive_answer();
  void finish();  ///< sends nothing more

 private:
  int descriptor_;
  std::string buffered_;
};

/// The status of an answer, or 0.
unsigned status_of(const std::string& answer);

}  // namespace hiveframe::net
