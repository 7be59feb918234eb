#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/connector.hpp"
#include "pipeline/runtime/flow/breaker.hpp"
#include "pipeline/runtime/flow/retry.hpp"

namespace hiveframe::expr {
class Program;
}

namespace hiveframe::pipeline {
class Transform;
}

namespace hiveframe::runtime {

class Tap;

/// `batch:` of a pipeline: how much one write of a sink takes, unless its connector says otherwise.
struct BatchSettings {
  std::uint64_t records = 10000;
  std::uint64_t bytes = 1024 * 1024;
  /// None: what suits the sink.
  std::optional<std::chrono::milliseconds> linger = std::nullopt;
};

enum class Delivery { at_least_once, at_most_once, exactly_once };
enum class OnError { stop, drop, dead_letter };

/// One transform of a pipeline. The transform is shared by all who run the spec, and by their workers.
struct StageSpec {
  std::string name;  ///< "transforms[1] set", for errors and metrics
  std::shared_ptr<const pipeline::Transform> transform;
};

/// One sink of a pipeline, or its dead letters. Makes a sink of its own for each run.
struct SinkSpec {
  std::string name;     ///< "sink", "sinks[1]" or "dead_letter": unique in its pipeline
  std::string display;  ///< its URI or type for people, without secrets
  pipeline::SinkMaker make;
  std::shared_ptr<const expr::Program> when;  ///< null: takes every record
  bool standard_output = false;               ///< it writes there
};

/// Everything a pipeline is, read and checked. A value: the manager makes it from YAML, tests by hand.
struct PipelineSpec {
  std::string name;
  std::string source_display;
  pipeline::SourceMaker source;
  std::vector<StageSpec> transforms;
  std::vector<SinkSpec> sinks;
  Delivery delivery = Delivery::at_least_once;
  OnError on_error = OnError::stop;
  std::optional<SinkSpec> dead_letter;  ///< set with OnError::dead_letter
  RetrySettings retry;
  BreakerSettings circuit_breaker;
  BatchSettings batch;
  std::size_t max_record_bytes = 16 * 1024 * 1024;
  std::size_t parallelism = 0;  ///< batches transformed at the same time; 0: as many as the pool has threads
  /// A lane has one unanswered write at each sink. Otherwise as many as the sink takes at the same time, but
  /// for one that stores positions: these go forward only.
  bool ordered = true;
};

/// How a pipeline is run, beside what it is.
struct RunOptions {
  std::filesystem::path state_dir;     ///< empty: nothing is stored
  bool from_start = false;             ///< forget stored positions first
  std::optional<std::uint64_t> limit;  ///< records to read; then nothing is stored
  bool dry_run = false;                ///< its sinks write nothing: messages promise nothing
  std::chrono::milliseconds commit_interval{1000};
  std::chrono::milliseconds shutdown_timeout{30000};
  /// What is asked for when that is over, or was cancelled then, has so long before it is left behind.
  std::chrono::milliseconds cancel_grace{1000};
  std::uint64_t pending_cap = 1'000'000;           ///< unacknowledged records of a lane
  std::size_t ended_lanes_cap = 1000;              ///< read to their end, and not stored as done yet
  std::map<std::string, std::string> environment;  ///< `env` of expressions
  /// The time of day: `now` of expressions, and when a dead letter was written. Called on the strand.
  std::function<std::chrono::system_clock::time_point()> wall_clock = &std::chrono::system_clock::now;
  std::shared_ptr<Tap> tap;  ///< where its records may be looked at; null: nowhere
};

}  // namespace hiveframe::runtime
