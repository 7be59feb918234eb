#include "net/connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <spdlog/spdlog.h>
#include <utility>

#include "net/problem.hpp"

namespace hiveframe::net {
namespace asio = boost::asio;
using Phase = ConnectionClock::Phase;
namespace {

/// How much of what nobody wants is read so that the client gets to our answer.
constexpr std::size_t drained_bytes = 4 * 1024 * 1024;

}  // namespace

Connection::Connection(ConnectionTable::Id id, const asio::any_io_executor& executor,
                       std::unique_ptr<Transport> transport, Peer peer,
                       std::shared_ptr<const AccessCheck> access, std::shared_ptr<ServerState> state)
    : id_(id),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      access_(std::move(access)),
      state_(std::move(state)),
      parser_(state_->limits),
      clock_(state_->limits),
      timer_(executor) {}

Task<void> Connection::run(std::shared_ptr<Connection> self) {
  try {
    co_await self->converse();
  } catch (const boost::system::system_error&) {
    // The client went away, or was cut off: nobody is left to be told.
  } catch (const std::exception& error) {
    spdlog::error("a connection of {} failed: {}", self->peer_.address, error.what());
  }
  self->streaming_ = false;
  self->killed_ = true;
  self->timer_.cancel();
  self->transport_->close();
}

Task<void> Connection::converse() {
  enter(Phase::handshake);
  co_await transport_->handshake();
  peer_.encrypted = transport_->encrypted();
  peer_.certificate_subject = transport_->certificate_subject();
  enter(Phase::head);
  bool again = true;
  while (again)
    again = co_await answer_one();
  co_await close_politely();
}

Task<bool> Connection::answer_one() {
  const Received received = co_await receive_message();
  if (received == Received::ended) co_return false;

  Request request;
  request.peer = peer_;
  Response response;
  bool keep_alive = false;
  if (received == Received::head) {
    response = co_await answer(request, keep_alive);
  } else if (received == Received::timed_out) {
    response = Problem(408, "the request did not come to its end in time").to_response(request);
  } else {
    response = Problem(parser_.failure().status, parser_.failure().detail).to_response(request);
  }
  keep_alive = keep_alive && !state_->stopping && !response.stream;
  co_await send(request, response, keep_alive);
  if (!keep_alive) co_return false;

  parser_.next();
  state_->table.set_waiting(id_);
  enter(parser_.has_begun() ? Phase::head : Phase::idle);
  co_return !state_->stopping;
}

// Whoever is refused stays in line for eviction while it reads why: it has not been let in.
Task<Response> Connection::answer(Request& request, bool& keep_alive) {
  const RequestHead& head = parser_.head();
  Decision decision = dispatch(head, state_->router, *access_, request);
  if (decision.answer) {
    // What has come already needs no reading.
    keep_alive = head.keep_alive && parser_.advance() == RequestParser::Progress::complete;
    unread_ = !keep_alive;
    co_return std::move(*decision.answer);
  }

  state_->table.set_busy(id_);
  if (head.has_body) {
    enter(Phase::body);
    if (head.expects_continue) {
      const Pieces go_on = {"HTTP/1.1 100 Continue\r\n\r\n"};
      co_await transport_->write(go_on);
    }
  }
  const Received received = co_await receive_message();
  if (received == Received::complete) {
    request.body = parser_.take_body();
    keep_alive = head.keep_alive;
    Response response = co_await handle(*decision.route, request);
    co_return response;
  }
  unread_ = true;
  if (received == Received::ended) throw boost::system::system_error(asio::error::eof);
  if (received == Received::timed_out)
    co_return Problem(408, "the body did not come to its end in time").to_response(request);
  co_return Problem(parser_.failure().status, parser_.failure().detail).to_response(request);
}

Task<Response> Connection::handle(const Route& route, Request& request) {
  enter(Phase::handling);
  try {
    if (const auto* at_once = std::get_if<0>(&route.handler)) {
      Response response = (*at_once)(request);
      co_return response;
    }
    Task<Response> task = std::get<1>(route.handler)(request);
    Response response = co_await std::move(task);
    co_return response;
  } catch (const std::exception& error) {
    tell_failure(request, error);
  }
  if (killed_) throw boost::system::system_error(asio::error::operation_aborted);
  co_return Problem(500, "the server could not do this; its log says why").to_response(request);
}

// Whoever was cut off need not be told of it.
void Connection::tell_failure(const Request& request, const std::exception& error) const {
  const auto* system = dynamic_cast<const boost::system::system_error*>(&error);
  const bool cancelled = system != nullptr && system->code() == asio::error::operation_aborted;
  if (killed_ && cancelled) return;
  spdlog::error("{} {} failed: {}", to_string(request.method), request.path, error.what());
}

Task<Connection::Received> Connection::receive_message() {
  for (;;) {
    switch (parser_.advance()) {
      case RequestParser::Progress::head:
        co_return Received::head;
      case RequestParser::Progress::complete:
        co_return Received::complete;
      case RequestParser::Progress::failed:
        unread_ = true;
        co_return Received::failed;
      case RequestParser::Progress::need_more:
        break;
    }
    std::size_t size = 0;
    try {
      size = co_await transport_->read(buffer_);
    } catch (const boost::system::system_error&) {
      if (!timed_out_) throw;
    }
    if (timed_out_) {
      unread_ = true;
      co_return Received::timed_out;
    }
    if (size == 0) co_return Received::ended;
    if (clock_.phase() == Phase::idle) enter(Phase::head);
    parser_.feed({buffer_.data(), size});
  }
}

Task<void> Connection::close_politely() {
  enter(Phase::closing);
  state_->table.set_waiting(id_);
  if (streaming_) {
    streaming_ = false;
    co_await transport_->finish();
    co_return;
  }
  // Closing a socket with unread input resets the connection, and the client might never see the answer.
  if (!peer_.encrypted) co_await transport_->finish();
  if (!peer_.encrypted || unread_) co_await drain();
  if (peer_.encrypted) co_await transport_->finish();
}

Task<void> Connection::drain() {
  std::size_t total = 0;
  std::size_t size = 1;
  while (size > 0 && total < drained_bytes) {
    size = co_await transport_->read(buffer_);
    total += size;
  }
}

void Connection::kill() {
  if (killed_) return;
  lose_client();
  cancellation_.emit(asio::cancellation_type::terminal);
}

void Connection::begin_stop() {
  if (clock_.waits_for_request() || clock_.phase() == Phase::closing || streaming_) kill();
}

void Connection::enter(Phase phase) {
  clock_.enter(phase, ConnectionClock::TimePoint::clock::now());
  if (clock_.deadline() < armed_for_) arm_timer();
}

void Connection::arm_timer() {
  armed_for_ = clock_.deadline();
  timer_.expires_at(armed_for_);
  timer_.async_wait([connection = weak_from_this()](const boost::system::error_code& code) {
    const auto self = connection.lock();
    if (code || !self || self->killed_) return;
    self->armed_for_ = ConnectionClock::TimePoint::max();
    if (self->clock_.is_over(ConnectionClock::TimePoint::clock::now())) {
      self->expire();
    } else if (self->clock_.deadline() != ConnectionClock::TimePoint::max()) {
      self->arm_timer();
    }
  });
}

void Connection::expire() {
  const bool half_a_request =
      clock_.phase() == Phase::body || (clock_.phase() == Phase::head && parser_.has_begun());
  if (!half_a_request) {
    kill();
    return;
  }
  timed_out_ = true;
  transport_->cancel();
}

}  // namespace hiveframe::net
