#include "pipeline/stream_batch.hpp"

#include <cassert>
#include <utility>

namespace hiveframe::pipeline {
namespace {

std::string place(std::uint64_t line, const codec::Format& format, const std::string& name) {
  return line == 0 || format.delimiter.empty() ? name : name + " line " + std::to_string(line);
}

}  // namespace

codec::ReadLimits stream_limits(const ReadLimits& limits) {
  return {limits.bytes, limits.records, limits.max_record_bytes, limits.held, limits.longest};
}

ReadBatch stream_batch(codec::RecordReader::Batch batch, const codec::Format& format,
                       const std::string& name) {
  ReadBatch out;
  out.storage = std::move(batch.storage);
  out.end = batch.end.serialize();
  out.end_of_lane = batch.at_end;
  out.wants = batch.wants;
  for (codec::Refusal& each : batch.refused) {
    RefusedRecord refused;
    refused.error = std::move(each.error);
    refused.place = place(each.line, format, name);
    refused.head = std::move(each.head);
    refused.length = each.length;
    refused.sha256 = std::move(each.sha256);
    refused.position = each.position.serialize();
    refused.before = each.before;
    out.refused.push_back(std::move(refused));
  }
  return out;
}

StreamPositions::StreamPositions(const codec::Format& format) : reader_(format, {}) {}

void StreamPositions::read_to(const codec::StreamPosition& end) {
  const std::lock_guard lock(mutex_);
  [[maybe_unused]] const bool known = reader_.resume(end);
  assert(known && "the format's own reader wrote it");
}

Position StreamPositions::position_of(const record::Storage& storage, const record::Record& record) const {
  const std::lock_guard lock(mutex_);
  return reader_.position_of(storage, record).serialize();
}

std::string place_in_stream(const record::Storage& storage, const record::Record& record,
                            const codec::Format& format, const std::string& name) {
  const std::optional<record::Value> line = storage.meta(record, "line");
  const bool known = line && line->is(record::Kind::int64);
  return place(known ? static_cast<std::uint64_t>(line->as_int64()) : 0, format, name);
}

}  // namespace hiveframe::pipeline
