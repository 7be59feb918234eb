#include "pipeline/record/arena.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace hiveframe::record {
namespace {

TEST(Arena, TakesNothingBeforeItIsAsked) {
  const Arena arena;
  EXPECT_EQ(arena.footprint(), 0U);
}

TEST(Arena, AllocationsAreAlignedAndApart) {
  Arena arena(64);
  std::mt19937 random(1);
  struct Taken {
    char* at;
    std::size_t size;
    char mark;
  };
  std::vector<Taken> taken;
  for (int i = 0; i < 3000; ++i) {
    const std::size_t alignment = std::size_t{1} << random() % 5;
    const std::size_t size = random() % 300;
    char* at = static_cast<char*>(arena.allocate(size, alignment));
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % alignment, 0U);
    const char mark = static_cast<char>(i);
    std::memset(at, mark, size);
    taken.push_back({at, size, mark});
  }
  for (const Taken& piece : taken) {
    for (std::size_t i = 0; i < piece.size; ++i)
      ASSERT_EQ(piece.at[i], piece.mark);
  }
}

TEST(Arena, RewindReusesTheSameMemory) {
  Arena arena(128);
  for (int round = 0; round < 3; ++round) {
    arena.reset();
    for (int i = 0; i < 1000; ++i)
      arena.allocate(100, 8);
  }
  const std::size_t once = arena.footprint();
  for (int round = 0; round < 100; ++round) {
    arena.reset();
    for (int i = 0; i < 1000; ++i)
      arena.allocate(100, 8);
  }
  EXPECT_EQ(arena.footprint(), once);
}

TEST(Arena, RewindKeepsWhatWasBefore) {
  Arena arena(32);
  const std::string_view kept = arena.copy("kept");
  const Arena::Mark mark = arena.mark();
  for (int i = 0; i < 100; ++i)
    arena.copy("something else");
  arena.rewind(mark);
  arena.copy("over it");
  EXPECT_EQ(kept, "kept");
}

TEST(Arena, SpareRoomIsTakenOnlyWhenSaid) {
  Arena arena(64);
  const auto room = arena.spare(10);
  ASSERT_GE(room.size(), 10U);
  std::memcpy(room.data(), "0123456789", 10);
  arena.take(4);
  const std::string_view next = arena.copy("next");
  EXPECT_EQ(next.data(), room.data() + 4);
  const auto large = arena.spare(100'000);
  EXPECT_GE(large.size(), 100'000U);
  EXPECT_EQ(std::string_view(room.data(), 8), "0123next");
}

TEST(Arena, TrimGivesMemoryBack) {
  Arena arena(1024);
  for (int i = 0; i < 100; ++i)
    arena.allocate(100'000, 8);
  arena.reset();
  arena.trim(200'000);
  EXPECT_LE(arena.footprint(), 200'000U);
  EXPECT_EQ(arena.copy("good as new"), "good as new");
}

}  // namespace
}  // namespace hiveframe::record
