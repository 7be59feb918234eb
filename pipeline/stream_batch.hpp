#pragma once

#include <mutex>
#include <string>

#include "pipeline/codec/record_reader.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::pipeline {

/// For lanes that read a byte stream through codec::RecordReader: what of the limits is the reader's.
codec::ReadLimits stream_limits(const ReadLimits& limits);

/// For such lanes: their batches as the runtime wants them,
/// with positions that are codec::StreamPosition. `name` is the stream's, for places.
ReadBatch stream_batch(codec::RecordReader::Batch batch, const codec::Format& format,
                       const std::string& name);

/// Positions of records already read, which may be asked for while the next batch is being read on another
/// thread. Thread-safe.
class StreamPositions {
 public:
  explicit StreamPositions(const codec::Format& format);

  /// Reading has come to `end`.
  void read_to(const codec::StreamPosition& end);
  [[nodiscard]] Position position_of(const record::Storage& storage, const record::Record& record) const;

 private:
  mutable std::mutex mutex_;
  codec::RecordReader reader_;  // never reads: it only knows how positions are written
};

/// "orders.ndjson line 17"; only the name where the format knows no lines.
std::string place_in_stream(const record::Storage& storage, const record::Record& record,
                            const codec::Format& format, const std::string& name);

}  // namespace hiveframe::pipeline
