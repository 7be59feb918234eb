#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/json_text.hpp"
#include "daemon/admin/described.hpp"
#include "daemon/admin/endpoints.hpp"
#include "net/problem.hpp"
#include "pipeline/runtime/exec/tap.hpp"

namespace hiveframe::daemon {
namespace {

using runtime::Tap;
using runtime::TapSample;

constexpr std::uint64_t default_rate = 10;
constexpr std::uint64_t most_records = 1'000'000;

std::string_view to_string(TapSample::Fate fate) {
  switch (fate) {
    case TapSample::Fate::kept:
      return "kept";
    case TapSample::Fate::dropped:
      return "dropped";
    case TapSample::Fate::rejected:
      break;
  }
  return "rejected";
}

void write_shown(config::JsonText& out, const char* name, const TapSample::Shown& shown) {
  if (shown.unshown.empty()) {
    out.key(name);
    out.json(shown.record);
  } else {
    out.key("not_shown");
    write_text(out, shown.unshown);
  }
}

void write_step(config::JsonText& out, const TapSample::Step& step) {
  out.member("stage", step.stage);
  out.member("result", to_string(step.fate));
  if (step.fate != TapSample::Fate::kept) return;
  if (step.parts) {
    out.key("parts");
    out.natural(*step.parts);
    if (*step.parts == 0) return;
  }
  out.key("changed");
  out.boolean(step.changed);
  if (step.changed) write_shown(out, "record", step.after);
}

std::string line_of(const TapSample& sample, std::uint64_t missed) {
  config::JsonText out(config::JsonText::Layout::one_line);
  out.object([&] {
    out.member("read_at", rfc3339(sample.read_at));
    write_shown(out, "record", sample.before);
    out.key("steps");
    out.array([&] {
      for (const TapSample::Step& each : sample.steps)
        out.object([&] { write_step(out, each); });
    });
    out.member("result", to_string(sample.fate));
    out.key("sinks");
    out.array([&] {
      for (const std::string& each : sample.sinks)
        out.string(each);
    });
    if (!sample.failed_stage.empty()) {
      out.key("error");
      out.object([&] {
        out.member("stage", sample.failed_stage);
        out.key("message");
        write_text(out, sample.error);
      });
    }
    if (missed != 0) {
      out.key("missed");
      out.natural(missed);
    }
  });
  return out.str() + "\n";
}

/// What a stream waits on, told by threads of the data plane through the control executor.
struct Arrival {
  explicit Arrival(const boost::asio::any_io_executor& executor)
      : timer(executor, boost::asio::steady_timer::time_point::max()) {}
  boost::asio::steady_timer timer;
};

net::Task<void> show(std::shared_ptr<Tap> tap, std::uint64_t rate, std::uint64_t limit,
                     net::BodyWriter& out) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const auto arrival = std::make_shared<Arrival>(executor);
  std::function<void()> arrived = [executor, weak = std::weak_ptr<Arrival>(arrival)] {
    boost::asio::post(executor, [weak] {
      if (const auto waits = weak.lock()) waits->timer.cancel();
    });
  };
  const std::shared_ptr<Tap::Viewer> viewer = tap->look(static_cast<double>(rate), std::move(arrived));
  std::uint64_t shown = 0;
  while (shown < limit) {
    const std::vector<std::shared_ptr<const TapSample>> samples = viewer->take();
    const std::uint64_t missed = viewer->missed();
    std::string lines;
    for (const auto& each : samples) {
      if (shown == limit) break;
      lines += line_of(*each, missed);
      ++shown;
    }
    if (!lines.empty()) {
      co_await out.write(lines);
      continue;
    }
    boost::system::error_code ignored;  // something arrived, or the client is gone: then the next wait throws
    co_await arrival->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
}

net::Response tap(const net::Request& request, const Manager& manager) {
  const std::shared_ptr<Tap> tap = manager.tap(request.parameters.at("name"));
  if (!tap) return unknown_pipeline(request, manager);
  const std::uint64_t rate = query_count(request, "rate", default_rate);
  const std::uint64_t limit = query_count(request, "limit", most_records);
  return net::Response::streamed("application/x-ndjson", [tap, rate, limit](net::BodyWriter& out) {
    return show(tap, rate, limit, out);
  });
}

}  // namespace

void add_tap_endpoint(Endpoints& endpoints, Manager& manager) {
  endpoints.add(
      {.path = "/pipelines/{name}/tap",
       .id = "tapPipeline",
       .group = "pipelines",
       .summary = "Some of the records that pass, before and after each transform",
       .help =
           "A JSON line for each, as they come, until the client closes the connection. It never holds the "
           "pipeline up: who does not keep up misses records, and is told how many. Records longer than "
           "64 KiB are not shown.",
       .path_parameters = pipeline_name_shape(),
       .query = {{"rate", count_shape(1, static_cast<std::uint64_t>(Tap::most_per_second)),
                  "At most so many a second; 10 unless given"},
                 {"limit", count_shape(1, most_records), "End after so many"}},
       .answers = {{200, "JSON lines", "application/x-ndjson", std::nullopt}},
       .problems = {404},
       .handler = std::function<net::Response(const net::Request&)>(
           [&manager](const net::Request& request) { return tap(request, manager); })});
}

}  // namespace hiveframe::daemon
