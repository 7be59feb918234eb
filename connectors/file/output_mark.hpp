#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/file/file_state.hpp"

namespace hiveframe::connectors::file {

/// What a later process must know of an output file: up to `length` its bytes belong to what is durable. What
/// stands behind them in this very file is, after a kill, to be cut off, all of it or what is not whole; of a
/// file that was closed it is what others appended. Stored under the path that readers are to see.
struct OutputMark {
  enum class Place {
    in_place,  ///< written under its own name, where readers see it grow
    hidden,    ///< written under hidden_path(), to be renamed when complete
  };

  Place place = Place::in_place;
  FileId id;
  std::uint64_t length = 0;
  bool half_line = false;   ///< what stands before `length` is not ours and lacks its last delimiter
  bool comes_again = true;  ///< what stands behind `length`, for positions are stored after their records
  bool closed = false;      ///< nothing of ours stands behind `length`
  /// The name that a hidden part is about to get, for its own has been taken by others; empty: its own.
  std::string new_name = {};

  [[nodiscard]] std::string serialize() const;
  static std::optional<OutputMark> parse(std::string_view bytes);
  bool operator==(const OutputMark&) const = default;
};

}  // namespace hiveframe::connectors::file
