#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace hiveframe::record {

/// Source bytes, owned. Behind its capacity stand at least `padding` readable bytes, as simdjson wants, and
/// they are zero. Throws std::bad_alloc where the system has no memory. One thread at a time.
class Buffer {
 public:
  static constexpr std::size_t padding = 64;

  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::move(other.data_)), capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    data_ = std::move(other.data_);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  explicit Buffer(std::size_t capacity);

  /// Makes it larger; what it holds stays, though maybe elsewhere. Large buffers move without a copy.
  void grow(std::size_t capacity);

  [[nodiscard]] char* data() noexcept { return data_.get(); }
  [[nodiscard]] const char* data() const noexcept { return data_.get(); }
  /// Without the padding.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  // Large buffers are mapped: they grow without a copy, and go back to the system at once.
  struct Release {
    Release() noexcept : mapped(0) {}
    explicit Release(std::size_t bytes) noexcept : mapped(bytes) {}
    std::size_t mapped;  // bytes; 0: from the heap
    void operator()(char* data) const noexcept;
  };
  using Memory = std::unique_ptr<char, Release>;
  static Memory obtain(std::size_t capacity);

  Memory data_;
  std::size_t capacity_ = 0;
};

}  // namespace hiveframe::record
