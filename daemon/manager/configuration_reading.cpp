#include "daemon/manager/configuration_reading.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <exception>
#include <utility>

#include "config/units.hpp"

namespace hiveframe::daemon {

ConfigurationReading::ConfigurationReading(boost::asio::any_io_executor control, Loader loader,
                                           std::chrono::milliseconds timeout)
    : control_(std::move(control)), loader_(std::move(loader)), timeout_(timeout), timer_(control_) {}

ConfigurationReading::~ConfigurationReading() {
  if (!thread_.joinable()) return;
  if (under_way_) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void ConfigurationReading::begin(std::function<void(Result)> done) {
  if (thread_.joinable()) thread_.join();
  done_ = std::move(done);
  under_way_ = true;
  thread_ = std::thread([weak = weak_from_this(), control = control_, loader = loader_] {
    Result result;
    try {
      result.loaded = std::make_shared<LoadedConfiguration>(loader());
    } catch (const std::exception& error) {
      result.failure = error.what();
    }
    boost::asio::post(control, [weak, result = std::move(result)] {
      if (const auto self = weak.lock()) self->ended(result);
    });
  });
  timer_.expires_after(timeout_);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    // It may have been put off since: another reading has begun.
    if (!self || error || std::chrono::steady_clock::now() < self->timer_.expiry()) return;
    self->answer({nullptr, "it could not be read within " + config::format_duration(self->timeout_) +
                               ": a file system does not answer"});
  });
}

void ConfigurationReading::ended(const Result& result) {
  under_way_ = false;
  timer_.cancel();
  answer(result);
}

// The first answer counts: what comes too late is of no use.
void ConfigurationReading::answer(const Result& result) {
  if (const auto done = std::exchange(done_, nullptr)) done(result);
}

}  // namespace hiveframe::daemon
