#include "pipeline/record/arena.hpp"

#include <algorithm>
#include <cstring>

namespace hiveframe::record {
namespace {
constexpr std::size_t largest_step = 256 * 1024;
}

std::string_view Arena::copy(std::string_view text) {
  char* room = static_cast<char*>(allocate(text.size() + 1, 1));
  if (!text.empty()) std::memcpy(room, text.data(), text.size());
  room[text.size()] = '\0';
  return {room, text.size()};
}

void* Arena::allocate_in_next_block(std::size_t bytes) {
  open_block(bytes);
  used_ = bytes;
  return blocks_[block_].data.get();
}

void Arena::open_block(std::size_t bytes) {
  // A block kept by rewind() serves again if it is large enough; smaller ones are passed over.
  std::size_t next = blocks_.empty() ? 0 : block_ + 1;
  while (next < blocks_.size() && blocks_[next].size < bytes)
    ++next;
  if (next >= blocks_.size()) {
    const std::size_t size = std::max(bytes, next_block_);
    next_block_ = std::min(next_block_ * 2, largest_step);
    // new[] without initialiser: make_unique would write zeros over every block.
    blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    footprint_ += size;
    next = blocks_.size() - 1;
  }
  block_ = next;
  used_ = 0;
}

void Arena::trim(std::size_t keep) {
  while (blocks_.size() > block_ + 1 && footprint_ > keep) {
    footprint_ -= blocks_.back().size;
    blocks_.pop_back();
  }
}

}  // namespace hiveframe::record
