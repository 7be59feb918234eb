#pragma once

#include <cstdint>
#include <optional>

#include "connectors/generate/record_template.hpp"

namespace hiveframe::config {
template <typename T>
class OptionTable;
}
namespace hiveframe::pipeline {
struct SourceKind;
}

namespace hiveframe::connectors::generate {

/// The options of the generate source. Checked by source_options(); immutable and shared from then on.
struct Settings {
  std::optional<std::int64_t> count;              ///< none: without end
  std::optional<double> rate;                     ///< records a second; none: as fast as they are taken
  std::optional<RecordTemplate> record_template;  ///< always set once checked
  std::uint64_t seed = 0;
};

const config::OptionTable<Settings>& source_options();
pipeline::SourceKind source_kind();

}  // namespace hiveframe::connectors::generate
