#include "pipeline/runtime/exec/compaction.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "pipeline/record/deep_copy.hpp"

namespace hiveframe::runtime {
namespace {

// Copying pays when the copy is at most this part of what it frees.
constexpr std::size_t worthwhile_ratio = 4;

/// Bytes that a copy of one record will take beside its original bytes, without its tree.
std::size_t copied_size(const record::Storage& storage) {
  return sizeof(record::Record) + storage.meta_names.size() * sizeof(record::Value);
}

/// What all records of a storage have in common.
std::unique_ptr<record::Storage> copy_without_records(const record::Storage& from) {
  auto copy = std::make_unique<record::Storage>();
  copy->format = from.format;
  copy->meta_names = from.meta_names;
  copy->columns = from.columns;
  copy->schemas = from.schemas;
  copy->schema = from.schema;
  copy->read_at = from.read_at;
  const auto shared = copy->arena.array<record::Member>(from.shared_meta.size());
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const record::Member& member = from.shared_meta[i];
    shared[i] = {copy->arena.copy(member.name), deep_copy(member.value, copy->arena)};
  }
  copy->shared_meta = shared;
  return copy;
}

/// `original`: where its bytes stand in the copy.
record::Record copy_record(const record::Storage& from, const record::Record& record, record::Storage& to,
                           std::string_view original, bool trees) {
  record::Record copy = record;
  copy.original = original;
  if (trees) copy.value = deep_copy(record.value, to.arena);
  if (record.meta == nullptr) {
    const std::span<const record::Value> derived = from.own_meta(record, to.arena);
    if (!derived.empty()) copy.meta = derived.data();
  } else if (const std::span<const record::Value> own = from.own_meta(record, to.arena); !own.empty()) {
    const auto values = to.arena.array<record::Value>(own.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = deep_copy(own[i], to.arena);
    copy.meta = values.data();
  }
  if (record.envelope != nullptr) {
    const auto envelope = to.arena.array<record::Envelope>(1);
    const auto headers = to.arena.array<record::Member>(record.envelope->headers.size());
    for (std::size_t i = 0; i < headers.size(); ++i) {
      const record::Member& header = record.envelope->headers[i];
      headers[i] = {to.arena.copy(header.name), deep_copy(header.value, to.arena)};
    }
    envelope[0] = {deep_copy(record.envelope->key, to.arena), deep_copy(record.envelope->timestamp, to.arena),
                   headers};
    copy.envelope = envelope.data();
  }
  return copy;
}

}  // namespace

KeptRecords keep_alive_only(std::unique_ptr<record::Storage> storage,
                            std::vector<std::shared_ptr<record::Selection>>& selections,
                            std::vector<BadRecord>& bad, bool trees) {
  std::size_t wanted_bytes = 0;
  std::size_t wanted_at_most = bad.size();
  for (const auto& selection : selections) {
    wanted_at_most += selection->records.size();
    wanted_bytes += selection->original_bytes + (selection->encoded.empty() ? 0 : selection->bytes);
    for (const std::string_view text : selection->computed)
      wanted_bytes += text.size();
  }
  for (const BadRecord& each : bad)
    wanted_bytes += storage->records[each.record].original.size();
  wanted_bytes += wanted_at_most * copied_size(*storage);
  // Trees are not measured; where they are wanted only a clear case is copied.
  if (trees) wanted_bytes *= worthwhile_ratio;
  if (wanted_bytes * worthwhile_ratio > storage->footprint()) {
    storage->recharge();
    return {std::move(storage), {}};
  }

  auto copy = copy_without_records(*storage);
  copy->records.reserve(wanted_at_most);

  // One copy of each wanted record, in order, whichever sinks take it.
  std::vector<std::uint32_t> wanted;
  wanted.reserve(wanted_at_most);
  for (const auto& selection : selections) {
    wanted.insert(wanted.end(), selection->records.begin(), selection->records.end());
  }
  for (const BadRecord& each : bad)
    wanted.push_back(each.record);
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (const std::uint32_t i : wanted) {
    const record::Record& record = storage->records[i];
    const std::string_view original = copy->arena.copy(record.original);
    copy->records.push_back(copy_record(*storage, record, *copy, original, trees));
  }
  const auto renumbered = [&wanted](std::uint32_t i) {
    return static_cast<std::uint32_t>(std::lower_bound(wanted.begin(), wanted.end(), i) - wanted.begin());
  };

  for (const auto& selection : selections) {
    for (std::size_t i = 0; i < selection->records.size(); ++i) {
      const record::Record& old = storage->records[selection->records[i]];
      selection->records[i] = renumbered(selection->records[i]);
      if (selection->encoded.empty()) continue;
      std::string_view& text = selection->encoded[i];
      const bool is_original = text.data() == old.original.data() && text.size() == old.original.size();
      text = is_original ? copy->records[selection->records[i]].original : copy->arena.copy(text);
    }
    for (std::string_view& text : selection->computed)
      text = copy->arena.copy(text);
    selection->runs.clear();
    selection->runs.shrink_to_fit();
    selection->records.shrink_to_fit();
    selection->encoded.shrink_to_fit();
  }
  for (BadRecord& each : bad)
    each.record = renumbered(each.record);
  copy->take_charge_of(*storage);
  return {std::move(copy), std::move(wanted)};
}

std::unique_ptr<record::Storage> split_off(record::Storage& storage, std::uint32_t first) {
  auto rest = copy_without_records(storage);
  rest->records.reserve(storage.records.size() - first);
  std::size_t bytes = 0;
  for (std::size_t i = first; i < storage.records.size(); ++i)
    bytes += storage.records[i].original.size() + 1;
  // Not in the arena: they are yet to be decoded, which wants padding behind them.
  char* to = rest->add(record::Buffer(bytes)).data();
  for (std::size_t i = first; i < storage.records.size(); ++i) {
    const record::Record& record = storage.records[i];
    const std::string_view original(to, record.original.size());
    to = std::copy(record.original.begin(), record.original.end(), to);
    *to++ = '\n';
    rest->records.push_back(copy_record(storage, record, *rest, original, record.tree));
  }
  storage.records.resize(first);
  return rest;
}

}  // namespace hiveframe::runtime
