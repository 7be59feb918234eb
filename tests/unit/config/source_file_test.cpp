#include "config/source_file.hpp"

#include <gtest/gtest.h>

namespace hiveframe::config {
namespace {

TEST(SourceFile, CountsColumnsInCodePoints) {
  const auto file = SourceFile::make("f", "aé€😀b\nx");
  EXPECT_EQ(file->position(0), (LineColumn{1, 1}));
  EXPECT_EQ(file->position(1), (LineColumn{1, 2}));   // é
  EXPECT_EQ(file->position(2), (LineColumn{1, 2}));   // its second byte
  EXPECT_EQ(file->position(3), (LineColumn{1, 3}));   // €
  EXPECT_EQ(file->position(6), (LineColumn{1, 4}));   // 😀
  EXPECT_EQ(file->position(10), (LineColumn{1, 5}));  // b
  EXPECT_EQ(file->position(11), (LineColumn{1, 6}));  // the line feed
  EXPECT_EQ(file->position(12), (LineColumn{2, 1}));
  EXPECT_EQ(file->position(13), (LineColumn{2, 2}));  // the end
  EXPECT_EQ(file->position(999), (LineColumn{2, 2}));
}

TEST(SourceFile, TheByteOrderMarkHasNoColumn) {
  const auto file = SourceFile::make("f",
                                     "\xEF\xBB\xBF"
                                     "ab\r\nc");
  EXPECT_EQ(file->bom_size(), 3U);
  EXPECT_EQ(file->position(0), (LineColumn{1, 1}));
  EXPECT_EQ(file->position(3), (LineColumn{1, 1}));
  EXPECT_EQ(file->position(4), (LineColumn{1, 2}));
  EXPECT_EQ(file->line(1), "ab");
  EXPECT_EQ(file->line(2), "c");
}

TEST(SourceFile, EmptyAndEndOfFile) {
  const auto empty = SourceFile::make("f", "");
  EXPECT_EQ(empty->position(0), (LineColumn{1, 1}));
  EXPECT_EQ(empty->line(1), "");
  const auto file = SourceFile::make("f", "a\n");
  EXPECT_EQ(file->position(2), (LineColumn{2, 1}));
  EXPECT_EQ(file->line(2), "");
  EXPECT_EQ(file->line(3), "");
  EXPECT_EQ(file->line(0), "");
}

}  // namespace
}  // namespace hiveframe::config
