#include "net/plain_transport.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <string>
#include <utility>

namespace hiveframe::net {
namespace asio = boost::asio;
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}

  Task<void> handshake() override { co_return; }

  Task<std::size_t> read(std::span<char> into) override {
    try {
      const asio::mutable_buffer buffer(into.data(), into.size());
      const std::size_t size = co_await socket_.async_read_some(buffer, asio::use_awaitable);
      co_return size;
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::eof) throw;
    }
    co_return 0;
  }

  Task<void> write(Pieces pieces) override {
    const std::array<asio::const_buffer, 3> buffers = {asio::buffer(pieces[0]), asio::buffer(pieces[1]),
                                                       asio::buffer(pieces[2])};
    co_await asio::async_write(socket_, buffers, asio::use_awaitable);
  }

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
