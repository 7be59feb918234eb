#pragma once

#include <zlib.h>
#include <zstd.h>

#include "connectors/file/file_source.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {

using connectors::file::Compression;
using connectors::file::FileSource;
using connectors::file::SourceSettings;

inline std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string zstd(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  out.resize(ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  return out;
}

struct Read {
  std::vector<std::string> records;
  std::vector<std::string> places;
  std::vector<std::string> positions;
  std::vector<std::string> batch_ends;
  std::string error;  // what ended it, if not the end of the lane
};

constexpr pipeline::ReadLimits usual_limits{256 * 1024, 65536, 16 * 1024 * 1024};

inline Read read_lane(pipeline::Lane& lane, pipeline::ReadLimits limits = usual_limits,
                      std::optional<std::string> from = std::nullopt) {
  Read all;
  all.error = thrown_by([&] {
    run(lane.seek(from));
    for (;;) {
      const pipeline::ReadBatch batch = run(lane.read(limits));
      for (const record::Record& record : batch.storage->records) {
        all.records.emplace_back(record.original);
        all.places.push_back(lane.place_of(*batch.storage, record));
        all.positions.push_back(lane.position_of(*batch.storage, record));
      }
      all.batch_ends.push_back(batch.end);
      if (batch.end_of_lane) break;
    }
  });
  return all;
}

inline std::unique_ptr<pipeline::Lane> next_lane(pipeline::Source& source) {
  pipeline::LaneEvent event = run(source.next());
  auto* const opened = std::get_if<pipeline::LaneOpened>(&event);
  return opened != nullptr ? std::move(opened->lane) : nullptr;
}

/// All lanes, one after the other.
inline Read read_all(SourceSettings settings, pipeline::ReadLimits limits = usual_limits) {
  Read all;
  std::string lane_error;
  all.error = thrown_by([&] {
    FileSource source(std::move(settings));
    run(source.open({}));
    while (const std::unique_ptr<pipeline::Lane> lane = next_lane(source)) {
      const Read each = read_lane(*lane, limits);
      all.records.insert(all.records.end(), each.records.begin(), each.records.end());
      all.places.insert(all.places.end(), each.places.begin(), each.places.end());
      if (lane_error.empty()) lane_error = each.error;
    }
  });
  if (all.error.empty()) all.error = lane_error;
  return all;
}

inline SourceSettings at(const std::string& path) {
  SourceSettings settings;
  settings.path = path;
  return settings;
}

/// As a file whose name ends so has it.
inline std::string packed(const std::string& ending, const std::string& lines) {
  return ending == ".gz" ? gzip(lines) : ending == ".zst" ? zstd(lines) : lines;
}

}  // namespace hiveframe::testing
