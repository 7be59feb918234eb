#pragma once

#include <cstdint>
#include <string>

namespace hiveframe::record {

/// Why one record is bad. Data errors are values: they carry the record to `on_error` and never stop
/// its neighbours. Errors of the world (a sink that is down, a full disk) are exceptions, see
/// pipeline/errors.hpp.
struct DataError {
  enum class Type : std::uint8_t {
    syntax,         ///< not the format it should be
    encoding,       ///< not UTF-8
    depth,          ///< nested deeper than is read
    length,         ///< longer than max_record_bytes, or a tree larger than the memory limit allows
    duplicate_key,  ///< an object names a member twice
    expression,     ///< an expression failed for this record
    value,          ///< a value that the step or the sink's format cannot hold
    rejected,       ///< the sink refused the record
  };

  Type type = Type::syntax;
  std::string message;  ///< one line, says what was found and where in the record
};

/// The type as dead letters and metrics name it, e.g. "duplicate_key".
const char* name(DataError::Type type) noexcept;

}  // namespace hiveframe::record
