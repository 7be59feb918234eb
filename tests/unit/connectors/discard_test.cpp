#include <gtest/gtest.h>

#include "connectors/discard/checksum.hpp"
#include "connectors/discard/discard_sink.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using connectors::discard::DiscardSink;
using connectors::discard::Touch;
using record::Member;
using record::Value;

std::uint64_t sum(const Value& value) { return connectors::discard::checksum(value, 0); }

TEST(Checksum, DependsOnEveryKindOfValueAndItsPlace) {
  const Value items[] = {Value::int64(1), Value::int64(2)};
  const Value swapped[] = {Value::int64(2), Value::int64(1)};
  const Member members[] = {{"a", Value::int64(1)}};
  const Member renamed[] = {{"b", Value::int64(1)}};
  const Value all[] = {Value(),
                       Value::boolean(true),
                       Value::boolean(false),
                       Value::int64(1),
                       Value::int64(2),
                       Value::uint64(UINT64_MAX),
                       Value::float64(1.0),
                       Value::float64(-0.0),
                       Value::float64(0.0),
                       Value::decimal("1"),
                       Value::string("1"),
                       Value::string(""),
                       Value::string("12345678"),
                       Value::string("12345679"),
                       Value::string("123456789"),
                       Value::bytes("1"),
                       Value::timestamp(1, 2),
                       Value::timestamp(1, 3),
                       Value::duration(1, 2),
                       Value::date(1),
                       Value::list(items),
                       Value::list(swapped),
                       Value::list({}),
                       Value::object(members),
                       Value::object(renamed),
                       Value::object({})};
  for (const Value& one : all) {
    for (const Value& other : all)
      EXPECT_EQ(sum(one) == sum(other), &one == &other);
  }
}

TEST(DiscardSink, AcksAtOnceAndTouchesOnlyIfAsked) {
  for (const Touch touch : {Touch::none, Touch::all}) {
    DiscardSink sink({touch});
    EXPECT_EQ(sink.traits().format, nullptr);
    auto storage = std::make_shared<record::Storage>();
    storage->records.resize(1);
    storage->records[0].value = Value::int64(5);
    storage->records[0].tree = true;
    auto selection = std::make_shared<record::Selection>();
    selection->records = {0};
    Acks acks;
    pipeline::WriteRequest request;
    request.slices.emplace_back(storage, selection);
    request.ack = acks.next();
    EXPECT_TRUE(run(sink.write(request)).empty());
    EXPECT_EQ(acks.delivered, 1);
    EXPECT_EQ(sink.checksum() != 0, touch == Touch::all);
  }
}

}  // namespace
}  // namespace hiveframe::testing
