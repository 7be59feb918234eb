#include "pipeline/record/storage.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::record {
Buffer& Storage::add(Buffer buffer) {
  buffer_bytes_ += buffer.capacity() + Buffer::padding;
  return buffers_.emplace_back(std::move(buffer));
}

std::optional<Value> Storage::meta(const Record& record, std::string_view name) const {
  if (record.meta != nullptr || derived_meta) {
    for (std::size_t i = 0; i < meta_names.size(); ++i) {
      if (meta_names[i] != name) continue;
      return record.meta != nullptr ? record.meta[i] : derived_meta(*this, record, i);
    }
  }
  for (const Member& member : shared_meta) {
    if (member.name == name) return member.value;
  }
  return std::nullopt;
}

std::span<const Value> Storage::own_meta(const Record& record, Arena& into) const {
  if (record.meta != nullptr) return {record.meta, meta_names.size()};
  if (!derived_meta) return {};
  const auto values = into.array<Value>(meta_names.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = derived_meta(*this, record, i);
  return values;
}

Value Storage::meta_object(const Record& record, Arena& into) const {
  const std::span<const Value> own = own_meta(record, into);
  const auto members = into.array<Member>(own.size() + shared_meta.size());
  std::size_t count = 0;
  for (const Member& shared : shared_meta)
    members[count++] = shared;
  for (std::size_t i = 0; i < own.size(); ++i)
    members[count++] = {meta_names[i], own[i]};
  return Value::object(members);
}

std::size_t Storage::footprint() const noexcept {
  return sizeof(Storage) + buffer_bytes_ + arena.footprint() + records.capacity() * sizeof(Record);
}

void Storage::charge_to(std::unique_ptr<Charge> charge, std::size_t reserved) {
  charge_ = std::move(charge);
  charged_ = std::max(reserved, footprint());
  if (charge_) charge_->resize(charged_);
}

bool Storage::has_room() {
  const std::size_t holds = footprint() + arena.next_block();
  if (!charge_ || holds <= charged_) return true;
  // More than that, for it will be asked again soon.
  const std::size_t wanted = holds + holds / 2;
  if (!charge_->try_resize(wanted)) return false;
  charged_ = wanted;
  return true;
}

void Storage::take_charge_of(Storage& other) {
  charge_ = std::move(other.charge_);
  recharge();
}

void Storage::recharge() {
  charged_ = footprint();
  if (charge_) charge_->resize(charged_);
}

}  // namespace hiveframe::record
