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

namespace hiveframe::connectors::ledger {

struct Settings {
  std::filesystem::path path;
  std::optional<expr::Template> id;  ///< always set once checked
  std::uint64_t reject = 0;
  std::uint64_t lose_answer = 0;
  std::chrono::milliseconds delay{0};
};

const config::OptionTable<Settings>& sink_options();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::ledger
