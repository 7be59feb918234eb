#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hiveframe::net {

/// Listens on 127.0.0.1, and to one connection after another reads the head of a request, says the next of
/// its answers whatever was asked, and closes. When all are said it accepts nothing.
class AnsweringSocket {
 public:
  explicit AnsweringSocket(std::string answer) : AnsweringSocket(std::vector{std::move(answer)}) {}
  explicit AnsweringSocket(std::vector<std::string> answers);
  ~AnsweringSocket();
  AnsweringSocket(const AnsweringSocket&) = delete;
  AnsweringSocket& operator=(const AnsweringSocket&) = delete;

  std::uint16_t port() const { return port_; }
  /// The first line of each request that was answered.
  std::vector<std::string> asked() const;

 private:
  void answer_all();

  std::vector<std::string> answers_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::thread thread_;
};

}  // namespace hiveframe::net
