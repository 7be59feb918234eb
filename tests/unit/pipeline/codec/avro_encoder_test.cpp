// Values to bytes: what each type takes, what it refuses and where, which branch of a union is taken.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "pipeline/codec/avro/decoder.hpp"
#include "pipeline/codec/avro/encoder.hpp"
#include "pipeline/codec/avro/format.hpp"
#include "tests/unit/pipeline/codec/avro_reading.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::Value;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view timestamp_millis = "{'type':'long','logicalType':'timestamp-millis'}";

std::string of(std::string_view by, const Value& value) { return written(*schema(by), value); }

TEST(AvroEncoder, IntegersAreExact) {
  EXPECT_EQ(written("'int'", "2147483647"), "feffffff0f");
  EXPECT_THAT(written("'int'", "2147483648"),
              StartsWith("2147483648 is no int, which goes from -2147483648"));
  EXPECT_EQ(written("'int'", "-2147483648"), "ffffffff0f");
  EXPECT_EQ(written("'long'", "-9223372036854775808"), "ffffffffffffffffff01");
  EXPECT_THAT(written("'long'", "9223372036854775808"), HasSubstr("beyond 64 bits is no long"));
  EXPECT_EQ(written("'long'", "7.0"), "0e");
  EXPECT_THAT(written("'long'", "7.5"), HasSubstr("round it"));
  EXPECT_EQ(of("'long'", Value::decimal("7.00")), "0e");
  EXPECT_THAT(of("'long'", Value::decimal("7.01")), HasSubstr("round it"));
  EXPECT_THAT(of("'long'", Value::float64(std::numeric_limits<double>::quiet_NaN())), HasSubstr("round it"));
  EXPECT_EQ(written("'long'", "'7'"), "a string is no long; make it a number with int()");
}

TEST(AvroEncoder, FloatingPointTakesNumbersThatItCanBe) {
  EXPECT_EQ(written("'double'", "1"), "000000000000f03f");
  EXPECT_THAT(written("'double'", "9007199254740993"), HasSubstr("without loss"));
  EXPECT_EQ(of("'double'", Value::decimal("12.50")), "0000000000002940");
  EXPECT_EQ(of("'double'", Value::decimal("12")), "0000000000002840");
  EXPECT_THAT(written("'double'", "0.12345678901234567891"), HasSubstr("make it a double with double()"));
  EXPECT_EQ(of("'double'", Value::float64(std::numeric_limits<double>::infinity())), "000000000000f07f");
  EXPECT_EQ(written("'float'", "0.1"), "cdcccc3d");
  EXPECT_THAT(written("'float'", "1e39"), HasSubstr("the schema needs a double"));
  EXPECT_THAT(written("'float'", "16777217"), HasSubstr("the schema needs a double"));
  EXPECT_EQ(of("'float'", Value::float64(std::numeric_limits<double>::infinity())), "0000807f");
  EXPECT_EQ(written("'double'", "true"), "a boolean is no double; make it a number with double()");
}

TEST(AvroEncoder, TextAndOctets) {
  EXPECT_EQ(written("'string'", "'foo'"), "06666f6f");
  EXPECT_EQ(written("'string'", "5"), "an integer is no string; make it a text with string()");
  EXPECT_THAT(of("'string'", Value::bytes("a")), HasSubstr("is no string"));
  EXPECT_EQ(of("'bytes'", Value::bytes("\xff")), "02ff");
  EXPECT_EQ(written("'bytes'", "'é'"), "04c3a9");
  EXPECT_EQ(of("{'type':'fixed','name':'F','size':2}", Value::bytes("ab")), "6162");
  EXPECT_EQ(of("{'type':'fixed','name':'F','size':2}", Value::bytes("abc")),
            "it has 3 bytes, and fixed F has 2");
  EXPECT_EQ(written("{'type':'enum','name':'E','symbols':['A','B']}", "'B'"), "02");
  EXPECT_EQ(written("{'type':'enum','name':'E','symbols':['A','B'],'default':'A'}", "'C'"),
            "'C' is no symbol of enum E, which has A, B");
  EXPECT_EQ(written("{'type':'fixed','name':'U','size':16,'logicalType':'uuid'}",
                    "'12345678-9ABC-def0-1234-56789abcdef0'"),
            "123456789abcdef0123456789abcdef0");
  for (const char* wrong :
       {"'12345678-9abc-def0-1234-56789abcdefx'", "'12345678+9abc-def0-1234-56789abcdef0'", "'1'"}) {
    EXPECT_THAT(written("{'type':'fixed','name':'U','size':16,'logicalType':'uuid'}", wrong),
                HasSubstr("is no UUID"));
  }
}

TEST(AvroEncoder, DecimalsKeepAllDigitsOrAreRefused) {
  constexpr std::string_view money = "{'type':'bytes','logicalType':'decimal','precision':5,'scale':2}";
  EXPECT_EQ(written(money, "1.1"), "026e");
  EXPECT_EQ(written(money, "-1.28"), "0280");
  EXPECT_EQ(written(money, "1.28"), "040080");
  EXPECT_EQ(written(money, "999.99"), "0601869f");
  EXPECT_EQ(written(money, "1.2e2"), "042ee0");
  EXPECT_EQ(of(money, Value::decimal("1.1000")), "026e");
  EXPECT_EQ(written(money, "0"), "0200");
  EXPECT_EQ(of(money, Value::decimal("0.000")), "0200");
  EXPECT_THAT(written(money, "1.005"),
              HasSubstr("more digits behind the point than decimal(5,2) of the schema keeps"));
  EXPECT_THAT(written(money, "1000"), HasSubstr("more digits than decimal(5,2)"));
  EXPECT_THAT(written(money, "1e999999999999999999999"), HasSubstr("more digits than"));
  EXPECT_THAT(written(money, "1e-999999999999999999999"), HasSubstr("behind the point"));
  EXPECT_THAT(written(money, "'1.1'"), HasSubstr("a string is no bytes (decimal"));
  EXPECT_THAT(of(money, Value::float64(std::numeric_limits<double>::quiet_NaN())), HasSubstr("NaN"));
  EXPECT_EQ(
      written("{'type':'bytes','logicalType':'decimal','precision':20,'scale':0}", "18446744073709551615"),
      "1200ffffffffffffffff");
  EXPECT_EQ(
      written("{'type':'fixed','name':'D','size':4,'logicalType':'decimal','precision':9,'scale':0}", "-2"),
      "fffffffe");
  EXPECT_EQ(written("{'type':'fixed','name':'D','size':4,'logicalType':'decimal','precision':9,'scale':0}",
                    "999999999"),
            "3b9ac9ff");
}

TEST(AvroEncoder, TimesAreNotRounded) {
  EXPECT_EQ(of(timestamp_millis, Value::timestamp(-1, 999'000'000)), "01");
  EXPECT_THAT(of(timestamp_millis, Value::timestamp(0, 1'000)),
              HasSubstr("it is finer than long (timestamp-millis)"));
  EXPECT_THAT(of(timestamp_millis, Value::timestamp(0, 0, true)), HasSubstr("give it a zone"));
  EXPECT_THAT(of("{'type':'long','logicalType':'local-timestamp-millis'}", Value::timestamp(0, 0)),
              HasSubstr("is no local one"));
  EXPECT_THAT(of(timestamp_millis, Value::int64(0)), HasSubstr("an integer is no long (timestamp-millis)"));
  EXPECT_THAT(of("{'type':'long','logicalType':'timestamp-nanos'}", Value::timestamp(9'300'000'000, 0)),
              HasSubstr("ends in the year 2262"));
  EXPECT_EQ(of("{'type':'int','logicalType':'date'}", Value::date(-1)), "01");
  EXPECT_THAT(written("{'type':'int','logicalType':'date'}", "'2026-03-01'"), HasSubstr("make it a date"));
  constexpr std::string_view time = "{'type':'int','logicalType':'time-millis'}";
  EXPECT_EQ(written(time, "'00:00:01'"), "d00f");
  EXPECT_EQ(of(time, Value::duration(1, 0)), "d00f");
  EXPECT_THAT(written(time, "'00:00:00.0001'"), HasSubstr("finer than"));
  EXPECT_THAT(written(time, "'24:00:00'"), HasSubstr("no time of a day"));
  EXPECT_THAT(written(time, "'10:00:00Z'"), HasSubstr("no time of a day"));
  EXPECT_THAT(of(time, Value::duration(86'400, 0)), HasSubstr("less than 24h"));
  EXPECT_THAT(of(time, Value::duration(-1, 0)), HasSubstr("from 0s"));
}

TEST(AvroEncoder, RecordsNameWhatIsMissingAndWhatIsTooMuch) {
  constexpr std::string_view order =
      "{'type':'record','name':'Order','fields':[{'name':'id','type':'int'},"
      "{'name':'note','type':['string','null']},{'name':'tax','type':'double','default':0.5},"
      "{'name':'lines','type':{'type':'array','items':{'type':'record','name':'Line','fields':["
      "{'name':'sku','type':'string'},{'name':'marks','type':{'type':'map','values':'boolean'}}]}}}]}";
  EXPECT_EQ(written(order, "{'id':1,'note':'x','tax':0.5,'lines':[]}"), "02000278000000000000e03f00");
  // In any order, the default for what is absent, null where null may be.
  EXPECT_EQ(written(order, "{'lines':[],'id':1}"), "0202000000000000e03f00");
  EXPECT_EQ(written(order, "{'note':null,'lines':[]}"),
            "id: is absent, and the schema has no default for it; set it");
  EXPECT_EQ(written(order, "{'id':1,'lines':[],'size':3}"),
            "size: is no field of record Order; drop it, or add it to the schema");
  EXPECT_EQ(written(order, "{'id':1,'lines':[{'sku':'a','marks':{}},{'sku':'b','marks':{'k':0}}]}"),
            "lines[1].marks.k: an integer is no boolean");
  EXPECT_EQ(written(order, "[]"), "a list is no record Order");
  EXPECT_EQ(written(order, "{'id':1,'lines':{}}"), "lines: an object is no array");
}

TEST(AvroEncoder, AUnionIsTheBranchThatTheValueIs) {
  const auto branch = [](std::string_view by, std::string_view value) {
    return written(by, value).substr(0, 2);
  };
  EXPECT_EQ(written("['null','string']", "null"), "00");
  EXPECT_EQ(written("['string','null']", "null"), "02");
  EXPECT_EQ(branch("['null','double','long']", "7"), "04");
  EXPECT_EQ(branch("['null','double','long']", "7.5"), "02");
  EXPECT_EQ(branch("['int','long']", "7"), "00");
  EXPECT_EQ(branch("['int','long']", "3000000000"), "02");
  EXPECT_EQ(branch("['bytes','string']", "'a'"), "02");
  EXPECT_EQ(branch("[{'type':'enum','name':'E','symbols':['A']},'string']", "'A'"), "00");
  EXPECT_EQ(branch("[{'type':'enum','name':'E','symbols':['A']},'string']", "'B'"), "02");
  EXPECT_EQ(of("['string'," + std::string(timestamp_millis) + "]", Value::timestamp(0, 0)), "0200");
  EXPECT_EQ(written("['string'," + std::string(timestamp_millis) + "]", "5"),
            "an integer is no union [string, long]");
  EXPECT_EQ(written("['null','int']", "'a'"), "a string is no int; make it a number with int()");
  EXPECT_EQ(written("['int','string']", "null"), "null is no union [int, string]");
  // Records are told apart by the names of their fields; what none of them has is a map.
  constexpr std::string_view shapes =
      "[{'type':'map','values':'int'},{'type':'record','name':'Circle','fields':[{'name':'r','type':'int'}]},"
      "{'type':'record','name':'Box','fields':[{'name':'w','type':'int'},{'name':'h','type':'int','default':"
      "1}]}]";
  EXPECT_EQ(branch(shapes, "{'r':1}"), "02");
  EXPECT_EQ(branch(shapes, "{'w':1}"), "04");
  EXPECT_EQ(branch(shapes, "{'w':1,'h':2}"), "04");
  EXPECT_EQ(branch(shapes, "{'q':1}"), "00");
}

TEST(AvroEncoder, DepthIsBounded) {
  const auto node =
      schema("{'type':'record','name':'Node','fields':[{'name':'next','type':['null','Node']}]}");
  std::vector<record::Member> members(1000);
  Value value;
  for (record::Member& member : members) {
    member = {"next", value};
    value = Value::object({&member, 1});
  }
  EXPECT_THAT(written(*node, value), HasSubstr("deeper in each other than 512"));
}

// What a connector hands over: bytes with an id, and schemas beside.
class Message {
 public:
  Message(std::string_view octets, std::shared_ptr<const BatchSchemas> schemas) {
    storage_.format = "avro";
    storage_.schemas = std::move(schemas);
    record::Buffer& buffer = storage_.add(record::Buffer(octets.size()));
    std::copy(octets.begin(), octets.end(), buffer.data());
    record_.original = {buffer.data(), octets.size()};
  }

  std::string read() {
    if (!decoder_->decode(draft_, error)) return error.message;
    return to_json(draft_.value());
  }
  std::string written_as(const std::shared_ptr<OutputSchema>& schema) {
    record::Arena arena;
    std::string_view encoded;
    if (!output_format(schema).encoder()->encode(draft_, arena, encoded, error)) {
      EXPECT_EQ(arena.mark().used, 0U);
      return error.message;
    }
    return to_hex(encoded);
  }

  record::DataError error;

 private:
  std::unique_ptr<Decoder> decoder_ = input_format().decoder();
  record::Storage storage_;
  record::Record record_;
  record::Draft draft_{storage_, record_, storage_.arena};
};

TEST(AvroWireFormat, TheIdSaysTheSchema) {
  std::string problem;
  auto schemas = std::make_shared<BatchSchemas>();
  const auto text = schema("'string'");
  schemas->add(0x01020304, {Plan::make(text, text, problem), ""});
  schemas->add(9, {nullptr, "is not in the registry http://r:8081; see what wrote it"});
  EXPECT_EQ(Message(from_hex("00010203040261"), schemas).read(), "\"a\"");
  EXPECT_EQ(Message(from_hex("00000000090261"), schemas).read(),
            "schema 9, which it was written with, is not in the registry http://r:8081; see what wrote it");
  EXPECT_THAT(Message(from_hex("00000000070261"), schemas).read(), HasSubstr("was not asked for"));
  EXPECT_THAT(Message(from_hex("00000000070261"), nullptr).read(), HasSubstr("was not asked for"));
  for (const char* wrong : {"", "00", "00010203", "0101020304", "7b7d"})
    EXPECT_THAT(Message(from_hex(wrong), schemas).read(), HasSubstr("it is no Avro in the wire format"))
        << wrong;
  EXPECT_THAT(Message(from_hex("0001020304"), schemas).read(),
              HasSubstr("is its end, in the midst of a length"));
}

TEST(AvroWireFormat, IsWrittenBehindTheIdOfTheSinksSchema) {
  std::string problem;
  auto schemas = std::make_shared<BatchSchemas>();
  const auto text = schema("'string'");
  schemas->add(1, {Plan::make(text, text, problem), ""});
  Message message(from_hex("00000000010261"), schemas);
  EXPECT_EQ(message.read(), "\"a\"");
  const auto output = std::make_shared<OutputSchema>();
  EXPECT_EQ(message.written_as(output), "") << "of a sink that nobody opens nothing is asked";
  output->set({schema("['null','string']"), 0xFFFEFDFC});
  EXPECT_EQ(message.written_as(output), "00fffefdfc020261");
  output->set({schema("'int'"), 2});
  EXPECT_THAT(message.written_as(output), HasSubstr("a string is no int"));
}

}  // namespace
}  // namespace hiveframe::codec::avro
