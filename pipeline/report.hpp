#pragma once

#include <string>
#include <utility>
#include <vector>

namespace hiveframe::pipeline {

/// A number that a connector tells of itself, as Prometheus has them: base units, `_total` ends a counter's
/// name.
struct Measure {
  enum class Type { gauge, counter };

  const char* name = "";  ///< "kafka_consumer_lag_records"; static, shown with "hiveframe_" before it
  const char* help = "";  ///< static, the same for all of a name
  Type type = Type::gauge;
  std::vector<std::pair<std::string, std::string>> labels = {};
  double value = 0;
};

/// What a connector says of itself between the runtime's calls. Thread-safe, and returns at once; whoever is
/// given one may call it until its close() has returned.
class Report {
 public:
  virtual ~Report() = default;

  /// It waits for the world though no call of it fails (what was taken is not written yet; nothing comes
  /// because nobody answers): the pipeline is degraded meanwhile, for this reason. One line: "cannot write to
  /// …".
  virtual void waits(const std::string& why) = 0;
  /// That is over; nothing if it was not so.
  virtual void works() = 0;
  /// Its numbers, in place of all that it showed before.
  virtual void show(std::vector<Measure> measures) = 0;
};

}  // namespace hiveframe::pipeline
