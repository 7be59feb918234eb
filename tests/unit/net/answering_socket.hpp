#pragma once

#include <cstdint>
#include <string>
#include <thread>

namespace hiveframe::net {

/// Listens on 127.0.0.1, reads one request, says one thing whatever was asked, and closes.
class AnsweringSocket {
 public:
  explicit AnsweringSocket(std::string answer);
  ~AnsweringSocket();
  AnsweringSocket(const AnsweringSocket&) = delete;
  AnsweringSocket& operator=(const AnsweringSocket&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void answer_one() const;

  std::string answer_;
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace hiveframe::net
