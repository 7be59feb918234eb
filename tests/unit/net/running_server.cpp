#include "tests/unit/net/running_server.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>
#include <future>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace hiveframe::net {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::hours for_ever{100};

Task<void> wait(asio::steady_timer& timer, Observed& observed) {
  ++observed.started;
  try {
    co_await timer.async_wait(asio::use_awaitable);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) ++observed.cancelled;
    throw;
  }
}

Task<Response> wait_for_ever(Observed& observed) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, for_ever);
  co_await wait(timer, observed);
  co_return Response::no_content();
}

// Waits for something that knows nothing of cancellation.
Task<Response> be_stuck(asio::steady_timer& deaf, Observed& observed) {
  ++observed.started;
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await deaf.async_wait(asio::use_awaitable);
  co_return Response::no_content();
}

Task<Response> answer_later() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
  co_return Response::text("later");
}

Task<void> tick(BodyWriter& writer) {
  for (const std::string_view each : {"one\n", "two\n", "three\n"})
    co_await writer.write(each);
}

Task<void> flood(BodyWriter& writer, Observed& observed) {
  const std::string piece(32 * 1024, 'x');
  for (;;) {
    co_await writer.write(piece);
    observed.written += piece.size();
  }
}

Task<void> be_quiet(BodyWriter& writer, Observed& observed) {
  writer.on_gone([&observed] { ++observed.gone; });
  co_await writer.write("hello\n");
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, for_ever);
  co_await wait(timer, observed);
}

Task<void> write_and_throw(BodyWriter& writer) {
  co_await writer.write("hello\n");
  throw std::runtime_error("a secret of the inside");
}

}  // namespace

struct RunningServer::Inside {
  explicit Inside(const Limits& limits) : deaf(context, for_ever) {
    server = std::make_unique<HttpServer>(context.get_executor(), routes(), limits);
    thread = std::thread([this] { context.run(); });
  }

  Router routes() {
    Router router;
    router.add(Method::get, "/healthz", [](const Request&) { return Response::text("ok"); },
               {.open = true, .body_type = ""});
    router.add(Method::get, "/pipelines/{name}", [](const Request& request) {
      return Response::text(request.parameters.at("name") + "|" + request.peer.certificate_subject);
    });
    router.add(Method::post, "/echo", [](const Request& request) { return Response::json(request.body); });
    router.add(Method::get, "/large",
               [](const Request&) { return Response::text(std::string(8 * 1024 * 1024, 'x')); });
    router.add(Method::get, "/throw",
               [](const Request&) -> Response { throw std::runtime_error("a secret of the inside"); });
    router.add(Method::get, "/wait", [this](const Request&) { return wait_for_ever(observed); });
    router.add(Method::get, "/stuck", [this](const Request&) { return be_stuck(deaf, observed); });
    router.add(Method::get, "/later", [](const Request&) { return answer_later(); });
    router.add(Method::get, "/ticks", [](const Request&) { return Response::streamed("text/plain", tick); });
    router.add(Method::get, "/flood", [this](const Request&) {
      return Response::streamed("text/plain", [this](BodyWriter& writer) { return flood(writer, observed); });
    });
    router.add(Method::get, "/quiet", [this](const Request&) {
      return Response::streamed("text/plain",
                                [this](BodyWriter& writer) { return be_quiet(writer, observed); });
    });
    router.add(Method::get, "/broken",
               [](const Request&) { return Response::streamed("text/plain", write_and_throw); });
    return router;
  }

  // On the server's thread, and what it throws here.
  template <class F>
  auto run(F work) {
    std::packaged_task<std::invoke_result_t<F&>()> task(std::move(work));
    auto result = task.get_future();
    asio::post(context, [&task] { task(); });
    return result.get();
  }

  Observed observed;
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  asio::steady_timer deaf;
  std::unique_ptr<HttpServer> server;
  std::thread thread;
};

RunningServer::RunningServer(Limits limits) : inside_(std::make_unique<Inside>(limits)) {}

RunningServer::~RunningServer() {
  inside_->run([this] {
    inside_->server.reset();
    inside_->deaf.cancel();
  });
  inside_->work.reset();
  inside_->thread.join();
}

std::uint16_t RunningServer::listen(const ListenerSettings& settings) {
  return inside_->run([&] { return inside_->server->listen(settings); });
}

std::uint16_t RunningServer::listen_on_loopback() { return listen(on_loopback()); }

std::size_t RunningServer::stop(std::chrono::milliseconds grace) {
  Task<std::size_t> stopping = inside_->server->stop(grace);
  return asio::co_spawn(inside_->context, std::move(stopping), asio::use_future).get();
}

std::size_t RunningServer::connections() {
  return inside_->run([this] { return inside_->server->connections(); });
}

Observed& RunningServer::observed() { return inside_->observed; }

bool RunningServer::eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

ListenerSettings on_loopback() {
  ListenerSettings settings;
  settings.address = TcpAddress{"127.0.0.1", 0};
  return settings;
}

}  // namespace hiveframe::net
