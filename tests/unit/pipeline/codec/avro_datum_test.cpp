// Bytes to values: the specification's examples, times, limits, and bytes that lie.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/codec/avro_reading.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::DataError;
using testing::HasSubstr;

TEST(AvroDatum, ExamplesOfTheSpecification) {
  EXPECT_EQ(Reading("'long'").hex("00"), "0");
  EXPECT_EQ(Reading("'long'").hex("01"), "-1");
  EXPECT_EQ(Reading("'long'").hex("7f"), "-64");
  EXPECT_EQ(Reading("'long'").hex("8001"), "64");
  EXPECT_EQ(Reading("'string'").hex("06666f6f"), "\"foo\"");
  EXPECT_EQ(Reading("{'type':'record','name':'test','fields':[{'name':'a','type':'long'},{'name':'b','type':'"
                    "string'}]}")
                .hex("3606666f6f"),
            R"({"a":27,"b":"foo"})");
  EXPECT_EQ(Reading("{'type':'array','items':'long'}").hex("04063600"), "[3,27]");
  EXPECT_EQ(Reading("['null','string']").hex("00"), "null");
  EXPECT_EQ(Reading("['null','string']").hex("020261"), "\"a\"");
}

TEST(AvroDatum, BlocksMayTellTheirSizeAndBeMany) {
  Reading list("{'type':'array','items':'long'}");
  EXPECT_EQ(list.hex("03040636"
                     "02"
                     "02"
                     "010201"
                     "00"),
            "[3,27,1,-1]");
  EXPECT_LE(list.arena.mark().used, list.datum.tree_bytes());
  EXPECT_EQ(list.hex("00"), "[]");
  Reading map("{'type':'map','values':'long'}");
  EXPECT_EQ(map.hex("02026102"
                    "0106026204"
                    "00"),
            R"({"a":1,"b":2})");
  EXPECT_EQ(map.find({"b"}), "2");
  EXPECT_EQ(map.find({"c"}), "absent");
  EXPECT_THAT(map.hex("0202610202026104"
                      "00"),
              HasSubstr("the key 'a' twice"));
  EXPECT_EQ(map.error.type, DataError::Type::duplicate_key);
  std::string many = "14";
  for (const char* each : {"0261", "0262", "0263", "0264", "0265", "0266", "0267", "0268", "0269", "0262"})
    many += std::string(each) + "02";
  EXPECT_THAT(map.hex(many + "00"), HasSubstr("the key 'b' twice"));
}

TEST(AvroDatum, FieldsAreFoundWithoutTheRest) {
  Reading reading(
      "{'type':'record','name':'R','fields':[{'name':'a','type':{'type':'array','items':'string'}},"
      "{'name':'b','type':['null',{'type':'record','name':'I','fields':[{'name':'x','type':"
      "{'type':'map','values':'double'}},{'name':'y','type':'int'}]}]},{'name':'c','type':'boolean'}]}");
  EXPECT_EQ(reading.hex("040261026200"
                        "02"
                        "02026b000000000000f03f00"
                        "0e"
                        "01"),
            R"({"a":["a","b"],"b":{"x":{"k":1.0},"y":7},"c":true})");
  EXPECT_EQ(reading.find({"c"}), "true");
  EXPECT_EQ(reading.find({"b", "y"}), "7");
  EXPECT_EQ(reading.find({"b", "x", "k"}), "1.0");
  EXPECT_EQ(reading.find({"b", "x"}), R"({"k":1.0})");
  EXPECT_EQ(reading.find({"a"}), R"(["a","b"])");
  EXPECT_EQ(reading.find({"a", "b"}), "absent");
  EXPECT_EQ(reading.find({"d"}), "absent");
  EXPECT_EQ(reading.find({}), R"({"a":["a","b"],"b":{"x":{"k":1.0},"y":7},"c":true})");
}

TEST(AvroDatum, TimesAreWhatTheCalendarHas) {
  const auto date = [](std::string_view hex) {
    return Reading("{'type':'int','logicalType':'date'}").hex(hex);
  };
  EXPECT_EQ(date("00"), "\"1970-01-01\"");
  EXPECT_THAT(date("f5e457"), HasSubstr("days from 1970 are beyond the years 1 to 9999"));
  EXPECT_THAT(date("c282e602"), HasSubstr("beyond the years"));
  Reading nanos("{'type':'long','logicalType':'timestamp-nanos'}");
  EXPECT_EQ(nanos.hex("01"), "\"1969-12-31T23:59:59.999999999Z\"");
  EXPECT_EQ(nanos.hex("ffffffffffffffffff01"), "\"1677-09-21T00:12:43.145224192Z\"");
  Reading local("{'type':'long','logicalType':'local-timestamp-nanos'}");
  EXPECT_EQ(local.hex("02"), "\"1970-01-01T00:00:00.000000001\"");
  Reading millis("{'type':'long','logicalType':'timestamp-millis'}");
  EXPECT_THAT(millis.hex("feffffffffffffffff01"), HasSubstr("beyond the years 1 to 9999"));
  EXPECT_EQ(millis.error.type, DataError::Type::value);
  Reading time("{'type':'int','logicalType':'time-millis'}");
  EXPECT_EQ(time.hex("00"), "\"00:00:00\"");
  EXPECT_EQ(time.hex("feefb252"), "\"23:59:59.999\"");
  EXPECT_THAT(time.hex("80f0b252"), HasSubstr("86400000 is no time of a day"));
  EXPECT_THAT(time.hex("01"), HasSubstr("-1 is no time of a day"));
}

TEST(AvroDatum, FixedUuidsAreTexts) {
  EXPECT_EQ(Reading("{'type':'fixed','name':'U','size':16,'logicalType':'uuid'}")
                .hex("123456789abcdef0123456789abcdef0"),
            "\"12345678-9abc-def0-1234-56789abcdef0\"");
}

TEST(AvroDatum, DecimalsOfAnyOctets) {
  Reading decimal("{'type':'bytes','logicalType':'decimal','precision':40,'scale':3}");
  EXPECT_EQ(decimal.hex("00"), "0.000");  // no octets at all
  EXPECT_EQ(decimal.hex("0200"), "0.000");
  EXPECT_EQ(decimal.hex("06000001"), "0.001");  // longer than it need be
  EXPECT_EQ(decimal.hex("14ffffffffffffffffffff"), "-0.001");
  EXPECT_EQ(decimal.hex("1280"
                        "0000000000000000"),
            "-2361183241434822606.848");  // -2^71
  EXPECT_EQ(decimal.hex("18"
                        "800000000000000000000000"),
            "-39614081257132168796771975.168");  // -2^95
  EXPECT_EQ(decimal.hex("1a"
                        "00ffffffffffffffffffffffff"),
            "79228162514264337593543950.335");
  const std::string huge(5000, '\x7f');
  std::string datum;
  datum += from_hex("904e");
  EXPECT_THAT(decimal.of(datum + huge), HasSubstr("too many digits"));
}

TEST(AvroDatum, ClaimsThatTheBytesDoNotKeepCostNothing) {
  const auto list = [](std::string_view items) {
    return "{'type':'array','items':" + std::string(items) + "}";
  };
  // 2^62 longs.
  Reading longs(list("'long'"));
  EXPECT_THAT(longs.hex("8080808080808080800102"), HasSubstr("bytes are too few"));
  // As many nulls, which take no bytes at all.
  Reading nulls(list("'null'"));
  EXPECT_THAT(nulls.hex("80808080808080808001"), HasSubstr("bytes are too few"));
  EXPECT_EQ(nulls.hex("0400"), "[null,null]");
  // 65,536 in one list, but not one more in another.
  Reading both(list(list("'null'")));
  std::string some = from_hex(
      "04"
      "80800800");
  EXPECT_FALSE(both.of(some + from_hex("0200"
                                       "00"))
                   .starts_with("[["));
  EXPECT_TRUE(both.of(some + from_hex("00"
                                      "00"))
                  .starts_with("[[null,"));
  // Records of nothing but nulls.
  Reading nothings(list("{'type':'record','name':'N','fields':[{'name':'a','type':'null'}]}"));
  EXPECT_THAT(nothings.hex("808080808080808001"), HasSubstr("bytes are too few"));
  Reading text("'string'");
  EXPECT_THAT(text.hex("feffffffffffffffff01"), HasSubstr("is cut off"));
  EXPECT_THAT(text.hex("01"), HasSubstr("follows a length of -1"));
  // The smallest count has no opposite.
  EXPECT_THAT(longs.hex("ffffffffffffffffff01"), HasSubstr("a count that no list has"));
  EXPECT_THAT(longs.hex("0101"), HasSubstr("follows a length of -1"));
  EXPECT_LT(longs.arena.footprint() + nulls.arena.footprint() + text.arena.footprint(), 100'000U);
}

TEST(AvroDatum, NumbersThatAreNone) {
  EXPECT_THAT(Reading("'long'").hex("ffffffffffffffffff02"), HasSubstr("more than 64 bits"));
  EXPECT_THAT(Reading("'long'").hex("8080808080808080808001"), HasSubstr("more than 64 bits"));
  EXPECT_THAT(Reading("'long'").hex("80"), HasSubstr("in the midst of a long"));
  EXPECT_EQ(Reading("'long'").hex("808000"), "0");  // longer than it need be
  EXPECT_THAT(Reading("'int'").hex("8080808010"), HasSubstr("2147483648, which is no int"));
  EXPECT_EQ(Reading("'int'").hex("ffffffff0f"), "-2147483648");
  EXPECT_THAT(Reading("'boolean'").hex("02"), HasSubstr("is no boolean"));
  EXPECT_THAT(Reading("'boolean'").hex(""), HasSubstr("is its end"));
  EXPECT_THAT(Reading("'float'").hex("000000"), HasSubstr("whole number of floating point"));
  EXPECT_THAT(Reading("['null','int']").hex("04"),
              HasSubstr("follows 2 as the branch of a union that has 2"));
  EXPECT_THAT(Reading("['null','int']").hex("01"), HasSubstr("follows -1"));
  EXPECT_THAT(Reading("{'type':'enum','name':'E','symbols':['A']}").hex("02"),
              HasSubstr("follows 1 as a symbol"));
  EXPECT_THAT(Reading("'null'").hex("00"), HasSubstr("1 bytes more than its schema"));
}

TEST(AvroDatum, ErrorsNameTheField) {
  Reading reading(
      "{'type':'record','name':'R','fields':[{'name':'items','type':{'type':'array','items':"
      "{'type':'record','name':'I','fields':[{'name':'name','type':'string'},"
      "{'name':'marks','type':{'type':'map','values':'boolean'}}]}}}]}");
  EXPECT_THAT(reading.hex("04"
                          "026100"
                          "04fffe"
                          "0000"),
              HasSubstr("items[1].name: byte 6 of its datum begins a string that is no UTF-8"));
  EXPECT_EQ(reading.error.type, DataError::Type::encoding);
  EXPECT_THAT(reading.hex("02"
                          "0261"
                          "02"
                          "026b"
                          "07"
                          "0000"),
              HasSubstr("items[0].marks.k: byte 7 of its datum"));
}

TEST(AvroDatum, DepthIsBounded) {
  Reading reading("{'type':'record','name':'Node','fields':[{'name':'next','type':['null','Node']}]}");
  const auto nested = [&](std::size_t depth) { return reading.of(std::string(depth, '\2') + '\0'); };
  EXPECT_TRUE(nested(Datum::max_depth - 1).starts_with("{\"next\":{"));
  EXPECT_THAT(nested(Datum::max_depth), HasSubstr("deeper than 512"));
  EXPECT_EQ(reading.error.type, DataError::Type::depth);
  EXPECT_THAT(nested(1'000'000), HasSubstr("deeper than 512"));
  // One that always contains itself has no data.
  EXPECT_THAT(Reading("{'type':'record','name':'Self','fields':[{'name':'s','type':'Self'}]}").hex("00"),
              HasSubstr("deeper than 512"));
}

}  // namespace
}  // namespace hiveframe::codec::avro
