#include "pipeline/record/buffer.hpp"

#include <gtest/gtest.h>
#include <utility>

namespace hiveframe::record {
namespace {

TEST(Buffer, KeepsItsBytesWhileItGrows) {
  Buffer buffer;
  EXPECT_EQ(buffer.capacity(), 0U);
  std::size_t filled = 0;
  // From the heap into mapped memory and on.
  for (const std::size_t capacity : {10UL, 5000UL, 900'000UL, 1'100'000UL, 1'100'001UL, 9'000'000UL}) {
    buffer.grow(capacity);
    ASSERT_EQ(buffer.capacity(), capacity);
    for (; filled < capacity; ++filled)
      buffer.data()[filled] = static_cast<char>(filled * 31);
    for (std::size_t i = 0; i < Buffer::padding; ++i)
      ASSERT_EQ(buffer.data()[capacity + i], 0);
    for (std::size_t i = 0; i < filled; i += 97)
      ASSERT_EQ(buffer.data()[i], static_cast<char>(i * 31));
  }
  buffer.grow(5);
  EXPECT_EQ(buffer.capacity(), 9'000'000U);
}

TEST(Buffer, MovesWithoutLosingItsSize) {
  Buffer first(2'000'000);
  first.data()[1'999'999] = 'x';
  Buffer second = std::move(first);
  EXPECT_EQ(first.capacity(), 0U);  // NOLINT(bugprone-use-after-move): what is left behind is empty
  EXPECT_EQ(second.data()[1'999'999], 'x');
  second = Buffer(3);
  EXPECT_EQ(second.capacity(), 3U);
}

}  // namespace
}  // namespace hiveframe::record
