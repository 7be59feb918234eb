#pragma once

// A kind of source or sink from its table of options. A settings .cpp, which has the table whole, includes
// this.

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/connector.hpp"

namespace hiveframe::config {
template <typename T>
class OptionTable;
}

namespace hiveframe::pipeline {

/// Reads by the table, which outlives it, and makes a Connector of what was read: of a
/// `std::shared_ptr<const Settings>`, or of a copy. Interface is Source or Sink. `uses` says what others may
/// use, too; null: nothing. A function loses_because(const Settings&) beside the settings gives the field of
/// that name.
template <typename Interface, typename Connector, typename Settings>
auto reading_by(const config::OptionTable<Settings>& options, std::vector<Use> (*uses)(const Settings&)) {
  using Result = Configured<std::function<std::unique_ptr<Interface>()>>;
  return
      [&options, uses](const config::GivenOptions& given, config::Reader& reader) -> std::optional<Result> {
        std::optional<Settings> settings = options.read(given, reader);
        if (!settings) return std::nullopt;
        Result result;
        if (uses) result.uses = uses(*settings);
        if constexpr (requires { loses_because(*settings); }) result.loses_because = loses_because(*settings);
        result.make = [shared = std::make_shared<const Settings>(std::move(*settings))] {
          if constexpr (std::constructible_from<Connector, std::shared_ptr<const Settings>>) {
            return std::make_unique<Connector>(shared);
          } else {
            return std::make_unique<Connector>(*shared);
          }
        };
        return result;
      };
}

template <typename Connector, typename Settings>
SourceKind source_kind_of(const config::OptionTable<Settings>& options,
                          std::vector<Use> (*uses)(const Settings&) = nullptr) {
  SourceKind kind;
  kind.options = &options.info();
  kind.read = reading_by<Source, Connector>(options, uses);
  return kind;
}

template <typename Connector, typename Settings>
SinkKind sink_kind_of(const config::OptionTable<Settings>& options,
                      std::vector<Use> (*uses)(const Settings&) = nullptr) {
  SinkKind kind;
  kind.options = &options.info();
  kind.read = reading_by<Sink, Connector>(options, uses);
  return kind;
}

}  // namespace hiveframe::pipeline
