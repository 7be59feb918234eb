#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/record_reader.hpp"
#include "tests/unit/pipeline/codec/one_record.hpp"

namespace hiveframe::codec {
namespace {

using record::DataError;
using record::Kind;
using record::Value;

TEST(Text, ALineIsAString) {
  OneRecord record("text", "caf\xC3\xA9 \"as it is\"");
  ASSERT_TRUE(record.decode());
  EXPECT_EQ(record.encode("text"), "caf\xC3\xA9 \"as it is\"");
  EXPECT_FALSE(record.find({"a"}));
  EXPECT_EQ(record.value().text(), "caf\xC3\xA9 \"as it is\"");
  EXPECT_TRUE(record.value().is(Kind::string));
  EXPECT_EQ(record.encode("json"), "\"caf\xC3\xA9 \\\"as it is\\\"\"");
  EXPECT_EQ(record.encode("bytes"), "caf\xC3\xA9 \"as it is\"");
  OneRecord empty("text", "");
  ASSERT_TRUE(empty.decode());
  EXPECT_EQ(empty.encode("text"), "");
  EXPECT_EQ(empty.encode("json"), "\"\"");
}

TEST(Text, MustBeUtf8) {
  OneRecord record("text", "ab\xFFz");
  EXPECT_FALSE(record.decode());
  EXPECT_EQ(record.error.type, DataError::Type::encoding);
  EXPECT_EQ(record.error.message, "invalid UTF-8: byte 3 (0xff) is no part of a character");
}

class Whole final : public ByteStream {
 public:
  explicit Whole(std::string_view text) : text_(text) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t size = std::min(room.size(), text_.size());
    std::memcpy(room.data(), text_.data(), size);
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
};

/// The numbers of the lines that are no UTF-8, of a text read as a stream.
std::vector<std::size_t> malformed_lines(const std::string& text) {
  const Format& format = *find_format("text");
  RecordReader reader(format, {});
  Whole stream(text);
  const auto decoder = format.decoder();
  std::vector<std::size_t> malformed;
  std::size_t line = 0;
  for (;;) {
    RecordReader::Batch batch = reader.read(stream);
    record::Arena arena;
    for (record::Record& each : batch.storage->records) {
      record::Draft draft(*batch.storage, each, arena);
      DataError error;
      ++line;
      if (!decoder->decode(draft, error)) malformed.push_back(line);
    }
    if (batch.at_end) return malformed;
  }
}

TEST(Text, LinesAreJudgedOneByOneThoughTheyAreValidatedTogether) {
  std::string text;
  for (int i = 1; i <= 1000; ++i) {
    text += "line " + std::to_string(i) + " \xE2\x82\xAC";
    if (i == 70 || i == 999) text += '\xFF';
    if (i == 300) text += '\xC3';    // what is missing does not stand on the next line
    if (i == 301) text += "\n\xA9";  // line 302 of the text
    text += i % 100 == 0 ? "\r\n" : "\n";
  }
  EXPECT_THAT(malformed_lines(text), testing::ElementsAre(70, 300, 302, 1000));
  EXPECT_THAT(malformed_lines("\xC3\n\xA9\n"), testing::ElementsAre(1, 2));
  EXPECT_THAT(malformed_lines("\xC3\xA9\n\xE2\x82\xAC"), testing::IsEmpty());
}

TEST(Text, RefusesWhatIsNoLine) {
  OneRecord object("json", R"({"a":1})");
  ASSERT_TRUE(object.decode());
  EXPECT_FALSE(object.encode("text"));
  EXPECT_EQ(object.error.type, DataError::Type::value);
  EXPECT_EQ(object.error.message, "a line of text is a string, and this record is an object");
  OneRecord lines("json", R"("one\ntwo")");
  ASSERT_TRUE(lines.decode());
  EXPECT_FALSE(lines.encode("text"));
  EXPECT_NE(lines.error.message.find("byte 4"), std::string::npos) << lines.error.message;
  OneRecord line("json", R"("one \u00e9")");
  ASSERT_TRUE(line.decode());
  EXPECT_EQ(line.encode("text"), "one \xC3\xA9");
  EXPECT_EQ(line.encode("bytes"), "one \xC3\xA9");
}

TEST(Bytes, AreTakenAsTheyAre) {
  const std::string octets("\0\xFF\n\r", 4);
  OneRecord record("bytes", octets);
  ASSERT_TRUE(record.decode());
  EXPECT_EQ(record.encode("bytes"), octets);
  EXPECT_TRUE(record.value().is(Kind::bytes));
  EXPECT_EQ(record.value().text(), octets);
  EXPECT_EQ(record.encode("json"), "\"AP8KDQ==\"");
  EXPECT_FALSE(record.encode("text"));
  OneRecord number("json", "5");
  ASSERT_TRUE(number.decode());
  EXPECT_FALSE(number.encode("bytes"));
  EXPECT_EQ(number.error.message,
            "only bytes and strings can be written as bytes, and this record is an integer");
}

TEST(Bytes, ChangedRecordsAreWrittenAnew) {
  OneRecord record("text", "before");
  ASSERT_TRUE(record.decode());
  record.draft().replace(Value::string("after"));
  EXPECT_EQ(record.encode("text"), "after");
  EXPECT_EQ(record.encode("bytes"), "after");
  EXPECT_EQ(record.encode("json"), "\"after\"");
}

}  // namespace
}  // namespace hiveframe::codec
