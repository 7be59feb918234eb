// How a connection sends answers, streams among them.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "net/connection.hpp"
#include "net/response_head.hpp"

namespace hiveframe::net {
namespace asio = boost::asio;
using Phase = ConnectionClock::Phase;
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

}  // namespace

Task<void> Connection::send(const Request& request, Response& response, bool keep_alive) {
  const bool whole = !response.stream;
  const bool bodiless = is_bodiless(response.status);
  Framing framing;
  framing.keep_alive = keep_alive;
  framing.chunked = !whole && !bodiless && parser_.head().version != 10;
  if (whole && !bodiless) framing.length = response.body.size();
  const std::string head = response_head(response, framing, std::chrono::system_clock::now());
  const bool head_only = bodiless || request.method == Method::head;
  if (!whole && !head_only) {
    co_await send_stream(request, response, head, framing.chunked);
  } else {
    co_await send_body(head, head_only ? std::string_view() : std::string_view(response.body));
  }
}

Task<void> Connection::send_body(std::string_view head, std::string_view body) {
  do {
    const std::string_view piece = body.substr(0, piece_bytes);
    body.remove_prefix(piece.size());
    co_await write({head, piece});
    head = {};
  } while (!body.empty());
}

Task<void> Connection::write(Pieces pieces) {
  enter(Phase::writing);
  co_await transport_->write(pieces);
}

class Connection::Writer final : public BodyWriter {
 public:
  Writer(Connection& connection, bool chunked) : connection_(connection), chunked_(chunked) {}

  Task<void> write(std::string_view bytes) override {
    if (bytes.empty()) co_return;
    if (connection_.killed_) throw boost::system::system_error(asio::error::operation_aborted);
    const std::string size = chunked_ ? fmt::format("{:x}\r\n", bytes.size()) : std::string();
    try {
      co_await connection_.write({size, bytes, chunked_ ? "\r\n" : ""});
    } catch (const boost::system::system_error&) {
      connection_.lose_client();
      throw boost::system::system_error(asio::error::operation_aborted);
    }
    connection_.enter(Phase::handling);
  }

  void on_gone(std::function<void()> callback) override {
    if (connection_.killed_) {
      callback();
    } else {
      connection_.on_gone_.push_back(std::move(callback));
    }
  }

  bool gone() const noexcept override { return connection_.killed_; }

 private:
  Connection& connection_;
  const bool chunked_;
};

Task<void> Connection::send_stream(const Request& request, Response& response, std::string_view head,
                                   bool chunked) {
  if (state_->stopping) co_return;
  streaming_ = true;
  co_await write({head});
  enter(Phase::handling);
  Task<void> watching = watch_client(shared_from_this());
  asio::co_spawn(timer_.get_executor(), std::move(watching), asio::detached);
  Writer writer(*this, chunked);
  try {
    Task<void> streaming = response.stream(writer);
    co_await std::move(streaming);
  } catch (const std::exception& error) {
    tell_failure(request, error);
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  if (killed_) throw boost::system::system_error(asio::error::operation_aborted);
  on_gone_.clear();
  if (chunked) co_await write({"0\r\n\r\n"});
}

// What a client sends behind a request for a stream has no meaning; that it closes, has.
Task<void> Connection::watch_client(std::shared_ptr<Connection> self) {
  std::array<char, 512> ignored{};
  std::size_t total = 0;
  try {
    std::size_t size = 1;
    while (size > 0 && total < piece_bytes) {
      size = co_await self->transport_->read(ignored);
      total += size;
    }
  } catch (const boost::system::system_error&) {
    // Gone, or closed by us.
  }
  if (self->streaming_) self->kill();
}

void Connection::lose_client() {
  killed_ = true;
  transport_->close();
  timer_.cancel();
  const auto callbacks = std::exchange(on_gone_, {});
  for (const auto& each : callbacks)
    each();
}

}  // namespace hiveframe::net
