#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "daemon/manager/configuration.hpp"

namespace hiveframe::daemon {

/// Reads the configuration on a thread of its own, within a deadline: a file system may hang, and a large
/// configuration takes its time. On the control executor, which is not run any more when it is destroyed; a
/// thread that hangs then is left to itself.
class ConfigurationReading : public std::enable_shared_from_this<ConfigurationReading> {
 public:
  using Loader = std::function<LoadedConfiguration()>;
  struct Result {
    std::shared_ptr<LoadedConfiguration> loaded;  ///< null: it could not be read
    std::string failure;                          ///< why, one line
  };

  ConfigurationReading(boost::asio::any_io_executor control, Loader loader,
                       std::chrono::milliseconds timeout);
  ~ConfigurationReading();
  ConfigurationReading(const ConfigurationReading&) = delete;
  ConfigurationReading& operator=(const ConfigurationReading&) = delete;

  /// A thread reads: also one that was too late.
  [[nodiscard]] bool under_way() const noexcept { return under_way_; }
  /// `done` is called once. Not while one is under way.
  void begin(std::function<void(Result)> done);

 private:
  void ended(const Result& result);
  void answer(const Result& result);

  boost::asio::any_io_executor control_;
  Loader loader_;
  std::chrono::milliseconds timeout_;
  boost::asio::steady_timer timer_;
  std::thread thread_;
  bool under_way_ = false;
  std::function<void(Result)> done_;
};

}  // namespace hiveframe::daemon
