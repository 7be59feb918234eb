#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pipeline/codec/encoder.hpp"
#include "pipeline/record/record.hpp"
#include "pipeline/record/slice.hpp"
#include "pipeline/runtime/exec/chain.hpp"

namespace hiveframe::runtime {

/// What one route makes of a batch, as a Worker carries it; the last three are of the record at hand. One
/// thread at a time.
struct RouteOutput {
  /// Both outlive it. `records`: how many there may be.
  RouteOutput(const Route& from, codec::Encoder* encoder_of, std::size_t records);

  /// Adds the record at hand, which is the `number`-th of the storage.
  void take(std::uint32_t number, const record::Record& record) const;

  /// How much it has taken.
  struct Mark {
    std::size_t records, encoded, computed, runs, bytes, original_bytes;
    std::string_view last_run;
  };
  [[nodiscard]] Mark mark() const;
  /// Forgets what it has taken since.
  void go_back(const Mark& mark) const;

  const Route* route;
  codec::Encoder* encoder;  ///< nullptr: trees
  std::shared_ptr<record::Selection> selection;
  bool makes_runs;

  bool takes = false;
  std::string_view encoded;
  std::vector<std::string_view> computed;
};

}  // namespace hiveframe::runtime
