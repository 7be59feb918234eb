#include "tests/unit/net/answering_socket.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace hiveframe::net {

AnsweringSocket::AnsweringSocket(std::vector<std::string> answers)
    : answers_(std::move(answers)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, 1) != 0 ||
      ::getsockname(listener_, any, &size) != 0)
    throw std::system_error(errno, std::generic_category(), "listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { answer_all(); });
}

AnsweringSocket::~AnsweringSocket() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<std::string> AnsweringSocket::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void AnsweringSocket::answer_all() {
  for (const std::string& answer : answers_) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    std::string request;
    std::array<char, 4096> bytes{};
    ssize_t size = 1;
    while (size > 0 && !request.ends_with("\r\n\r\n")) {
      size = ::recv(connection, bytes.data(), bytes.size(), 0);
      if (size > 0) request.append(bytes.data(), static_cast<std::size_t>(size));
    }
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(request.substr(0, request.find("\r\n")));
    }
    ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::close(connection);
  }
}

}  // namespace hiveframe::net
