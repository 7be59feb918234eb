#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "connectors/file/compression.hpp"
#include "connectors/file/file_stream.hpp"
#include "pipeline/codec/byte_stream.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::file {

/// The unpacked bytes of a gzip (several members too) or zstd (several frames too) file, or with none the
/// bytes as they are. Memory is bounded by the format's window: 32 KiB for gzip, for zstd what its frames
/// say, but at most a sixteenth of `memory_limit`, or 8 MiB, which RFC 8878 asks of every decoder. Of a
/// damaged or truncated file, or one with a larger window, everything before it is read, then Fatal is
/// thrown, which names the offset. `packed` outlives the result.
std::unique_ptr<codec::ByteStream> unpack(Compression compression, FileStream& packed,
                                          std::uint64_t memory_limit = 0);

/// Reads on where a packed file stands, to its end or to the damage, and returns the offset behind the last
/// gzip member or zstd frame that is whole; nothing if there is none. Throws Retryable or Interrupted.
std::optional<std::uint64_t> end_of_whole_members(Compression compression, FileStream& packed,
                                                  const pipeline::Interrupt& interrupt);

}  // namespace hiveframe::connectors::file
