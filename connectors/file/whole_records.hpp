#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/file/compression.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::codec {
struct Format;
}

namespace hiveframe::connectors::file {

/// Of an output file whose first `from` bytes end with a record, or with what is not ours: where the last
/// whole record of the file ends, `from` if none does behind it. Of records without a delimiter nobody can
/// say where they end, so none of them counts. A packed file ends whole with a member or frame, each of which
/// holds whole records. Blocking. Throws Retryable, Fatal or Interrupted.
std::uint64_t end_of_whole_records(const std::string& path, std::uint64_t from, Compression compression,
                                   const codec::Format& format, const pipeline::Interrupt& interrupt);

/// Whether what stands in a file that is not ours lacks its last delimiter, so that ours have to begin with
/// one. Blocking. Throws Retryable or Interrupted, or Fatal if it is damaged and nothing can be appended to
/// it.
bool ends_in_half_line(const std::string& path, Compression compression, std::uint64_t size,
                       std::string_view delimiter, const pipeline::Interrupt& interrupt);

}  // namespace hiveframe::connectors::file
