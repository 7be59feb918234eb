#include "pipeline/record/storage.hpp"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace hiveframe::record {
namespace {
constexpr std::size_t mapped_from = 1024 * 1024;
}

void Buffer::Release::operator()(char* data) const noexcept {
  if (mapped != 0) {
    ::munmap(data, mapped);
  } else {
    delete[] data;
  }
}

Buffer::Memory Buffer::obtain(std::size_t capacity) {
  const std::size_t bytes = capacity + padding;
  if (bytes < mapped_from) return {new char[bytes], Release{}};
  void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  return {static_cast<char*>(mapped), Release{bytes}};
}

Buffer::Buffer(std::size_t capacity) : data_(obtain(capacity)), capacity_(capacity) {
  std::memset(data_.get() + capacity, 0, padding);
}

void Buffer::grow(std::size_t capacity) {
  if (capacity <= capacity_) return;
  if (const std::size_t mapped = data_.get_deleter().mapped; mapped != 0) {
    const std::size_t bytes = capacity + padding;
    void* moved = ::mremap(data_.get(), mapped, bytes, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) throw std::bad_alloc();
    [[maybe_unused]] const char* old = data_.release();
    data_ = Memory(static_cast<char*>(moved), Release{bytes});
  } else {
    Memory larger = obtain(capacity);
    if (capacity_ != 0) std::memcpy(larger.get(), data_.get(), capacity_);
    data_ = std::move(larger);
  }
  capacity_ = capacity;
  std::memset(data_.get() + capacity, 0, padding);
}

Buffer& Storage::add(Buffer buffer) {
  buffer_bytes_ += buffer.capacity() + Buffer::padding;
  return buffers_.emplace_back(std::move(buffer));
}

std::optional<Value> Storage::meta(const Record& record, std::string_view name) const {
  if (record.meta != nullptr || derived_meta) {
    for (std::size_t i = 0; i < meta_names.size(); ++i) {
      if (meta_names[i] != name) continue;
      return record.meta != nullptr ? record.meta[i] : derived_meta->value(*this, record, i);
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
    values[i] = derived_meta->value(*this, record, i);
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

void Storage::charge_to(std::unique_ptr<Charge> charge) {
  charge_ = std::move(charge);
  recharge();
}

void Storage::take_charge_of(Storage& other) {
  charge_ = std::move(other.charge_);
  recharge();
}

void Storage::recharge() {
  if (charge_) charge_->resize(footprint());
}

Value deep_copy(const Value& value, Arena& into) {
  switch (value.kind()) {
    case Kind::string:
      return Value::string(into.copy(value.text()));
    case Kind::bytes:
      return Value::bytes(into.copy(value.text()));
    case Kind::decimal:
      return Value::decimal(into.copy(value.text()));
    case Kind::list: {
      const auto items = into.array<Value>(value.items().size());
      std::size_t i = 0;
      for (const Value& item : value.items())
        items[i++] = deep_copy(item, into);
      return Value::list(items);
    }
    case Kind::object: {
      const auto members = into.array<Member>(value.members().size());
      std::size_t i = 0;
      for (const Member& member : value.members()) {
        members[i++] = {into.copy(member.name), deep_copy(member.value, into)};
      }
      return Value::object(members);
    }
    default:
      return value;
  }
}

}  // namespace hiveframe::record
