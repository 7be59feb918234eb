// The specification's "Schema resolution", rule by rule.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/codec/avro_reading.hpp"

namespace hiveframe::codec::avro {
namespace {

using testing::HasSubstr;

TEST(AvroResolution, PromotionsAreThoseOfTheTableAndNoOthers) {
  const std::vector<std::pair<std::string, std::string>> types = {
      {"null", ""},      {"boolean", "01"},     {"int", "0e"},
      {"long", "0e"},    {"float", "0000803f"}, {"double", "000000000000f03f"},
      {"bytes", "0261"}, {"string", "0261"}};
  const std::vector<std::pair<std::string, std::string>> allowed = {
      {"int", "long"},    {"int", "float"},    {"int", "double"},   {"long", "float"},
      {"long", "double"}, {"float", "double"}, {"string", "bytes"}, {"bytes", "string"}};
  for (const auto& [writer, datum] : types) {
    for (const auto& [reader, unused] : types) {
      const bool goes = writer == reader ||
                        std::find(allowed.begin(), allowed.end(), std::pair(writer, reader)) != allowed.end();
      const std::string got = Reading("'" + writer + "'", "'" + reader + "'").hex(datum);
      EXPECT_EQ(got.find("cannot be read as") == std::string::npos, goes)
          << writer << " as " << reader << ": " << got;
    }
  }
  EXPECT_EQ(Reading("'int'", "'string'").hex("0e"), "the writer's int cannot be read as the reader's string");
  EXPECT_EQ(Reading("'int'", "'double'").hex("0e"), "7.0");
  EXPECT_EQ(Reading("'long'", "'float'").hex("82808010"), "16777216.0");  // 2^24 + 1 is no float
  EXPECT_THAT(Reading("'bytes'", "'string'").hex("02ff"), HasSubstr("no UTF-8"));
  EXPECT_EQ(Reading("'string'", "'bytes'").hex("0261"), "\"YQ==\"");
}

TEST(AvroResolution, NamesMatchWithoutNamespaceOrByAnAlias) {
  const auto fixed = [](std::string_view name, int size, std::string_view more = "") {
    return "{'type':'fixed','name':'" + std::string(name) + "','size':" + std::to_string(size) +
           std::string(more) + "}";
  };
  EXPECT_EQ(Reading(fixed("a.F", 1), fixed("b.F", 1)).hex("61"), "\"YQ==\"");
  EXPECT_THAT(Reading(fixed("a.F", 1), fixed("a.G", 1)).hex("61"), HasSubstr("fixed a.F cannot be read as"));
  EXPECT_EQ(Reading(fixed("a.F", 1), fixed("b.G", 1, ",'aliases':['a.F']")).hex("61"), "\"YQ==\"");
  EXPECT_THAT(Reading(fixed("a.F", 1), fixed("b.G", 1, ",'aliases':['F']")).hex("61"),
              HasSubstr("cannot be read"));
  EXPECT_THAT(Reading(fixed("F", 1), fixed("F", 2)).hex("61"), HasSubstr("cannot be read as"));
}

TEST(AvroResolution, FieldsMatchByNameBeforeAlias) {
  const std::string writer =
      "{'type':'record','name':'R','fields':[{'name':'a','type':'int'},{'name':'b','type':'int'}]}";
  // Each is taken once: 'a' by its name, so the alias finds nothing left.
  Reading reading(
      writer,
      "{'type':'record','name':'R','fields':[{'name':'x','type':'int','aliases':['a'],'default':9},"
      "{'name':'a','type':'int'}]}");
  EXPECT_EQ(reading.hex("0204"), R"({"x":9,"a":1})");
  EXPECT_EQ(reading.find({"x"}), "9");
  EXPECT_EQ(reading.find({"a"}), "1");
  EXPECT_EQ(reading.find({"b"}), "absent");
}

TEST(AvroResolution, AFieldThatTheWriterLacksIsItsDefaultOrAnError) {
  const std::string writer = "{'type':'record','name':'R','fields':[{'name':'a','type':'int'}]}";
  const auto with = [&](std::string_view field) {
    Reading reading(writer, "{'type':'record','name':'R','fields':[{'name':'b'," + std::string(field) +
                                "},{'name':'a','type':'int'}]}");
    return reading.hex("02");
  };
  EXPECT_EQ(
      with("'type':{'type':'bytes','logicalType':'decimal','precision':3,'scale':1},'default':'\\u000f'"),
      R"({"b":1.5,"a":1})");
  EXPECT_EQ(with("'type':{'type':'int','logicalType':'date'},'default':1"), R"({"b":"1970-01-02","a":1})");
  EXPECT_EQ(with("'type':['null','string'],'default':null"), R"({"b":null,"a":1})");
  EXPECT_EQ(with("'type':'string'"),
            "the reader's record R has a field 'b' that the writer's lacks, and it has no default");
  EXPECT_EQ(with("'type':'string','default':5"),
            "the reader's record R has a field 'b' that the writer's lacks, and its default cannot be used "
            "(it is no "
            "string)");
}

TEST(AvroResolution, SymbolsThatTheReaderLacksAreItsDefaultOrAnError) {
  const std::string writer = "{'type':'enum','name':'E','symbols':['A','B','C']}";
  Reading without(writer, "{'type':'enum','name':'E','symbols':['C','A']}");
  EXPECT_EQ(without.hex("00"), "\"A\"");
  EXPECT_EQ(without.hex("04"), "\"C\"");
  EXPECT_EQ(without.hex("02"), "'B' is no symbol of the reader's enum E, which has no default");
  // The writer's default is not the reader's.
  Reading with("{'type':'enum','name':'E','symbols':['A','B'],'default':'A'}",
               "{'type':'enum','name':'E','symbols':['A','X'],'default':'X'}");
  EXPECT_EQ(with.hex("02"), "\"X\"");
}

TEST(AvroResolution, UnionsGoBranchByBranch) {
  Reading narrowed("['null','string','long']", "['null','long']");
  EXPECT_EQ(narrowed.hex("00"), "null");
  EXPECT_EQ(narrowed.hex("040e"), "7");
  EXPECT_THAT(narrowed.hex("020261"),
              HasSubstr("the writer's string cannot be read as the reader's union [null, long]"));
  Reading single("['null','int']", "'long'");
  EXPECT_EQ(single.hex("020e"), "7");
  EXPECT_THAT(single.hex("00"), HasSubstr("null cannot be read as the reader's long"));
  // The same type goes before one that it could become.
  EXPECT_EQ(Reading("'string'", "['bytes','string']").hex("0261"), "\"a\"");
  EXPECT_EQ(Reading("'int'", "['double','int']").hex("0e"), "7");
  EXPECT_EQ(Reading("'int'", "['string','float','long']").hex("0e"), "7.0");
  // Of one's own schema every branch is itself.
  EXPECT_EQ(Reading("['bytes','string']").hex("020261"), "\"a\"");
}

TEST(AvroResolution, RecordsOfAUnionAreToldApartByWhatTheyHold) {
  const std::string writer = "{'type':'record','name':'w.R','fields':[{'name':'a','type':'int'}]}";
  EXPECT_EQ(Reading(writer,
                    "[{'type':'record','name':'x.R','fields':[{'name':'a','type':'string'}]},"
                    "{'type':'record','name':'y.R','fields':[{'name':'a','type':'double'}]}]")
                .hex("02"),
            R"({"a":1.0})");
  EXPECT_EQ(Reading(writer,
                    "[{'type':'record','name':'x.R','fields':[{'name':'a','type':'double'}]},"
                    "{'type':'record','name':'w.R','fields':[{'name':'a','type':'int'}]}]")
                .hex("02"),
            R"({"a":1})");
}

TEST(AvroResolution, RecursiveTypesEndAndDoNotMatchWhatTheyAreNot) {
  const auto node = [](std::string_view value) {
    return "{'type':'record','name':'Node','fields':[{'name':'next','type':['null','Node']},{'name':'v','"
           "type':'" +
           std::string(value) + "'}]}";
  };
  EXPECT_EQ(Reading(node("int"), node("long")).hex("02000e02"), R"({"next":{"next":null,"v":7},"v":1})");
  // Within a union, what does not match is passed over, though it contains itself.
  EXPECT_EQ(Reading(node("int"), "[" + node("string") +
                                     ",'null',{'type':'record','name':'x.Node','fields':["
                                     "{'name':'v','type':'int'}]}]")
                .hex("0002"),
            R"({"v":1})");
}

TEST(AvroResolution, MeaningsAreNotMixedUp) {
  const auto type = [](std::string_view kind, std::string_view logical) {
    return "{'type':'" + std::string(kind) + "','logicalType':'" + std::string(logical) + "'}";
  };
  // The same moment in other units.
  EXPECT_EQ(Reading(type("long", "timestamp-millis"), type("long", "timestamp-micros")).hex("d00f"),
            "\"1970-01-01T00:00:01Z\"");
  EXPECT_EQ(Reading(type("int", "time-millis"), type("long", "time-micros")).hex("d00f"), "\"00:00:01\"");
  EXPECT_THAT(Reading(type("long", "timestamp-millis"), type("long", "local-timestamp-millis")).hex("00"),
              HasSubstr("cannot be read as"));
  EXPECT_THAT(Reading(type("int", "date"), type("int", "time-millis")).hex("00"),
              HasSubstr("cannot be read as"));
  // A plain number is what the reader says, and plain where the reader says so.
  EXPECT_EQ(Reading("'long'", type("long", "timestamp-millis")).hex("d00f"), "\"1970-01-01T00:00:01Z\"");
  EXPECT_EQ(Reading(type("long", "timestamp-millis"), "'long'").hex("d00f"), "1000");
  const auto decimal = [](int precision, int scale) {
    return "{'type':'bytes','logicalType':'decimal','precision':" + std::to_string(precision) +
           ",'scale':" + std::to_string(scale) + "}";
  };
  EXPECT_EQ(Reading(decimal(4, 2), decimal(4, 2)).hex("0264"), "1.00");
  EXPECT_THAT(Reading(decimal(4, 2), decimal(4, 1)).hex("0264"), HasSubstr("scale 2) cannot be read as"));
  EXPECT_THAT(Reading(decimal(4, 2), decimal(5, 2)).hex("0264"), HasSubstr("cannot be read as"));
}

}  // namespace
}  // namespace hiveframe::codec::avro
