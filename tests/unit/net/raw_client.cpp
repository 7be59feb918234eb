#include "tests/unit/net/raw_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace hiveframe::net {
namespace {

void connect_to(int descriptor, const sockaddr* address, socklen_t size) {
  const timeval limit{20, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(descriptor, address, size) != 0)
    throw std::system_error(errno, std::generic_category(), "connect");
}

}  // namespace

int RawClient::new_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

RawClient::RawClient(std::uint16_t port, int descriptor) : descriptor_(descriptor) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect_to(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

RawClient::RawClient(const std::string& socket_path)
    : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path.c_str(), sizeof address.sun_path - 1);
  connect_to(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

RawClient::~RawClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), buffered_(std::move(other.buffered_)) {}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string RawClient::receive() {
  if (!buffered_.empty()) return std::exchange(buffered_, {});
  std::string bytes(64 * 1024, '\0');
  const ssize_t size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "nothing came for 20 s";
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

std::string RawClient::receive_all() {
  std::string all;
  for (;;) {
    const std::string bytes = receive();
    if (bytes.empty()) return all;
    all += bytes;
  }
}

std::string RawClient::receive_until(std::string_view text) {
  std::string all;
  for (;;) {
    const std::string bytes = receive();
    all += bytes;
    const std::size_t found = all.find(text);
    if (found != std::string::npos) {
      buffered_ = all.substr(found + text.size());
      return all.substr(0, found + text.size());
    }
    if (bytes.empty()) {
      ADD_FAILURE() << "the other side closed; till then came: " << all;
      return all;
    }
  }
}

std::string RawClient::receive_answer() {
  std::string answer = receive_until("\r\n\r\n");
  const std::size_t field = answer.find("Content-Length: ");
  std::size_t missing =
      field == std::string::npos ? 0 : std::strtoul(answer.c_str() + field + 16, nullptr, 10);
  while (missing > 0) {
    std::string bytes = receive();
    if (bytes.empty()) return answer;
    const std::size_t taken = std::min(missing, bytes.size());
    answer += bytes.substr(0, taken);
    buffered_ = bytes.substr(taken);
    missing -= taken;
  }
  return answer;
}

void RawClient::finish() { ::shutdown(descriptor_, SHUT_WR); }

unsigned status_of(const std::string& answer) {
  if (!answer.starts_with("HTTP/1.1 ")) return 0;
  return static_cast<unsigned>(std::strtoul(answer.c_str() + 9, nullptr, 10));
}

}  // namespace hiveframe::net
