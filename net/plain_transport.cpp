#include "net/plain_transport.hpp"

#include <boost/system/error_code.hpp>
#include <string>
#include <utility>

#include "net/stream_io.hpp"

namespace hiveframe::net {
namespace asio = boost::asio;
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}

  Task<void> handshake() override { co_return; }

  Task<std::size_t> read(std::span<char> into) override { return read_from(socket_, into); }
  Task<void> write(Pieces pieces) override { return write_to(socket_, pieces); }

  Task<void> finish() override {
    boost::system::error_code ignored;  // the other side may have gone
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    co_return;
  }

  void cancel() noexcept override {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

  void close() noexcept override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  std::string certificate_subject() const override { return {}; }
  bool encrypted() const noexcept override { return false; }

 private:
  Socket socket_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(Socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace hiveframe::net
