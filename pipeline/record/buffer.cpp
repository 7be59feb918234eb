#include "pipeline/record/buffer.hpp"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace hiveframe::record {
namespace {

// Smaller ones come from the heap.
constexpr std::size_t mapped_from = 1024 * 1024;

}  // namespace

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

}  // namespace hiveframe::record
