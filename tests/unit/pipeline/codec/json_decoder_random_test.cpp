// Random JSON, valid or nearly: every way to read it must agree with the exact reader.

#include <gtest/gtest.h>

#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/record/equal.hpp"
#include "tests/unit/pipeline/codec/one_record.hpp"
#include "tests/unit/pipeline/codec/random_json.hpp"

namespace hiveframe::codec {
namespace {

using record::DataError;
using record::Kind;
using record::Value;

TEST(JsonDecoderRandom, EveryWayToReadAgreesWithTheExactReader) {
  RandomJson random(11);
  json::ExactReader exact;
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string text = random.spoiled(random.value(0));
    record::Arena arena;
    DataError error;
    Value expected;
    const bool valid = exact.read(text, arena, expected, error);
    OneRecord record("json", text);
    ASSERT_EQ(record.decode(), valid) << text << "\n" << error.message << record.error.message;
    (valid ? good : bad)++;
    if (!valid) continue;
    if (expected.is(Kind::object)) {
      for (const record::Member& member : expected.members()) {
        const auto found = record.find({member.name});
        ASSERT_TRUE(found) << text;
        ASSERT_TRUE(record::equal(*found, member.value)) << text;
      }
    }
    ASSERT_TRUE(record::equal(record.value(), expected)) << text;
    ASSERT_EQ(record.value().kind(), expected.kind()) << text;
    // Written anew and read again it is the same.
    record.draft().replace(record.value());
    const auto written = record.encode("json");
    ASSERT_TRUE(written) << text;
    Value back;
    ASSERT_TRUE(exact.read(*written, arena, back, error)) << text << "\n"
                                                          << *written << "\n"
                                                          << error.message;
    ASSERT_TRUE(record::equal(back, expected)) << text << "\n" << *written;
  }
  EXPECT_GT(good, 5000);
  EXPECT_GT(bad, 5000);
}

}  // namespace
}  // namespace hiveframe::codec
