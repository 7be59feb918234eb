#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hiveframe::record {

/// A bump allocator for trivially destructible things: what is taken is given back all at once, or
/// down to an earlier mark. Owned by a Storage (records that stay) or a worker (scratch of one record).
/// One thread at a time.
class Arena {
 public:
  /// A place to return to.
  struct Mark {
    std::size_t block = 0;
    std::size_t used = 0;
  };

  /// No memory is taken before the first allocation; blocks then grow from `first_block` bytes.
  explicit Arena(std::size_t first_block = 4096) noexcept : next_block_(first_block) {}
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  /// Uninitialised room. `alignment` is a power of two, at most 16.
  void* allocate(std::size_t bytes, std::size_t alignment) {
    if (block_ < blocks_.size()) {
      Block& block = blocks_[block_];
      const std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
      if (start + bytes <= block.size && start + bytes >= start) {
        used_ = start + bytes;
        return block.data.get() + start;
      }
    }
    return allocate_in_next_block(bytes);
  }

  template <class T>
  std::span<T> array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 16);
    return {static_cast<T*>(allocate(count * sizeof(T), alignof(T))), count};
  }

  /// A copy of `text`, with a zero byte behind it.
  std::string_view copy(std::string_view text);

  /// The rest of the block in use, at least `bytes`: for writing what has no known length. It is not
  /// taken yet; take() takes its first bytes, and any other call forgets it.
  std::span<char> spare(std::size_t bytes) {
    if (block_ >= blocks_.size() || blocks_[block_].size - used_ < bytes) open_block(bytes);
    return {blocks_[block_].data.get() + used_, blocks_[block_].size - used_};
  }
  void take(std::size_t bytes) noexcept { used_ += bytes; }

  /// Gives back the unused end of the newest allocation, which was `allocated` bytes at `start`.
  void shrink_last(const void* start, std::size_t allocated, std::size_t kept) noexcept {
    if (static_cast<const char*>(start) + allocated == blocks_[block_].data.get() + used_) {
      used_ -= allocated - kept;
    }
  }

  [[nodiscard]] Mark mark() const noexcept { return {block_, used_}; }
  /// Forgets everything taken since `mark`; the blocks stay for reuse.
  void rewind(Mark mark) noexcept {
    block_ = mark.block;
    used_ = mark.used;
  }
  void reset() noexcept { rewind({}); }
  /// Gives all blocks but the first `keep` bytes' worth back to the system.
  void trim(std::size_t keep);

  /// Bytes held from the system, used or not: what a budget is charged.
  [[nodiscard]] std::size_t footprint() const noexcept { return footprint_; }
  /// Bytes that it takes from the system next, unless more are asked for at once.
  [[nodiscard]] std::size_t next_block() const noexcept { return next_block_; }

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    std::size_t size;
  };

  void* allocate_in_next_block(std::size_t bytes);
  void open_block(std::size_t bytes);

  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // index of the block in use; blocks_.size() when there is none
  std::size_t used_ = 0;
  std::size_t next_block_;
  std::size_t footprint_ = 0;
};

}  // namespace hiveframe::record
