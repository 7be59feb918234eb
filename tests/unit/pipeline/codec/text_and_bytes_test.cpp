#include <gtest/gtest.h>

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
