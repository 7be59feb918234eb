#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/report.hpp"

namespace hiveframe::connectors::kafka {

/// Remembers what a client said of its cluster, so that one message tells of it however often it was said: a
/// client that cannot log in says so several times a second. What may end by itself is reported while it
/// lasts; what a person has to mend is thrown by check(). Thread-safe.
class ClientWatch {
 public:
  /// What keeps the client from its cluster.
  struct Trouble {
    int code = 0;
    std::string answer;
  };

  /// What messages say: "cannot read from kafka://k1". `report` may be null.
  void begin(pipeline::Report* report, std::string tried, std::string against);
  /// From librdkafka's error callback.
  void error(int code, std::string_view reason);
  /// Some broker answered.
  void up();
  /// The brokers answer, but something else is missing, for this reason: one line. Until settled().
  void lacks(std::string why);
  void settled();

  /// Throws Fatal for what a person has to mend, and Retryable while no broker can be reached.
  void check() const;
  /// Throws Fatal for what a person has to mend.
  void check_fatal() const;
  /// The last thing that was said, whether it matters or not; for a request that got no answer.
  [[nodiscard]] std::optional<Trouble> last() const;

 private:
  void tell();

  mutable std::mutex mutex_;
  pipeline::Report* report_ = nullptr;
  std::string tried_;
  std::string against_;
  std::optional<Trouble> last_;
  bool down_ = false;
  std::string lacks_;
  std::string told_;
};

}  // namespace hiveframe::connectors::kafka
