#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "pipeline/expr/template.hpp"

namespace hiveframe::config {
template <class Settings>
class OptionTable;
}
namespace hiveframe::pipeline {
struct SinkKind;
}

namespace hiveframe::connectors::faulty {

/// When the sink says that records are durable.
enum class AckAt { write, flush };

struct Settings {
  std::filesystem::path path;
  std::optional<std::filesystem::path> events;
  std::optional<expr::Template> id;  ///< always set once checked
  std::uint64_t fail_every = 0;
  std::uint64_t reject = 0;
  std::uint64_t refuse_batch = 0;
  std::uint64_t stall_after = 0;
  std::uint64_t stalls = 1;
  std::optional<std::chrono::milliseconds> stall;
  bool ignore_cancel = false;
  std::chrono::milliseconds delay{0};
  std::uint64_t faults_from = 0;
  std::uint64_t faults_until = 0;
  AckAt ack = AckAt::write;
};

const config::OptionTable<Settings>& sink_options();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::faulty
