// Schemas as text: names, definitions, logical types, defaults, and what is wrong with them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/codec/avro_reading.hpp"

namespace hiveframe::codec::avro {
namespace {

using testing::HasSubstr;

std::string problem_of(std::string_view text) {
  std::string problem = "none";
  if (Schema::parse(with_quotes(text), problem)) return "none";
  return problem;
}

TEST(AvroSchema, NamesGetTheNamespaceThatHoldsWhereTheyStand) {
  // From the specification's section on names.
  const auto made = schema(
      "{'type':'record','name':'Example','namespace':'a.b','fields':["
      "{'name':'inherited','type':{'type':'enum','name':'E','symbols':['A']}},"
      "{'name':'own','type':{'type':'fixed','name':'F','namespace':'c','size':1}},"
      "{'name':'dotted','type':{'type':'record','name':'d.R','namespace':'ignored','fields':["
      "  {'name':'within','type':{'type':'fixed','name':'G','size':1}}]}},"
      "{'name':'none','type':{'type':'fixed','name':'H','namespace':'','size':1}},"
      "{'name':'refers','type':'E'},{'name':'whole','type':'c.F'},{'name':'global','type':'H'}]}");
  const auto& fields = made->root().fields;
  EXPECT_EQ(made->root().name, "a.b.Example");
  EXPECT_EQ(fields[0].type->name, "a.b.E");
  EXPECT_EQ(fields[1].type->name, "c.F");
  EXPECT_EQ(fields[2].type->name, "d.R");
  EXPECT_EQ(fields[2].type->fields[0].type->name, "d.G");
  EXPECT_EQ(fields[3].type->name, "H");
  EXPECT_EQ(fields[4].type, fields[0].type);
  EXPECT_EQ(fields[5].type, fields[1].type);
  EXPECT_EQ(fields[6].type, fields[3].type);
}

TEST(AvroSchema, AliasesAreOfTheNamespaceOfTheirType) {
  const auto made = schema(
      "{'type':'record','name':'x.R','aliases':['Old','other.R'],"
      "'fields':[{'name':'a','type':'int','aliases':['b']}]}");
  EXPECT_EQ(made->root().aliases, (std::vector<std::string>{"x.Old", "other.R"}));
  EXPECT_EQ(made->root().fields[0].aliases, (std::vector<std::string>{"b"}));
}

TEST(AvroSchema, ReferredSchemasAreKnownByTheirNames) {
  const std::vector<std::string> others = {
      R"({"type":"enum","name":"a.Suit","symbols":["S"]})",
      R"({"type":"record","name":"a.Card","fields":[{"name":"suit","type":"Suit"}]})"};
  std::string problem;
  const auto made = Schema::parse(R"({"type":"array","items":"a.Card"})", problem, others);
  ASSERT_TRUE(made) << problem;
  EXPECT_EQ(made->root().element->fields[0].type->name, "a.Suit");
  EXPECT_FALSE(Schema::parse(R"("a.Card")", problem));
  EXPECT_EQ(problem, "there is no type 'a.Card'");
  const std::vector<std::string> wrong = {"{"};
  EXPECT_FALSE(Schema::parse(R"("int")", problem, wrong));
  EXPECT_THAT(problem, HasSubstr("a schema that it refers to is wrong: it is no JSON"));
}

TEST(AvroSchema, LogicalTypesThatMakeNoSenseAreNone) {
  const auto logical = [](std::string_view text) { return schema(text)->root().logical; };
  EXPECT_EQ(logical("{'type':'long','logicalType':'timestamp-nanos'}"), Logical::timestamp_nanos);
  EXPECT_EQ(logical("{'type':'int','logicalType':'timestamp-millis'}"), Logical::none);
  EXPECT_EQ(logical("{'type':'string','logicalType':'date'}"), Logical::none);
  EXPECT_EQ(logical("{'type':'bytes','logicalType':'decimal','precision':4,'scale':2}"), Logical::decimal);
  EXPECT_EQ(logical("{'type':'bytes','logicalType':'decimal','precision':2,'scale':4}"), Logical::none);
  EXPECT_EQ(logical("{'type':'bytes','logicalType':'decimal','precision':0}"), Logical::none);
  EXPECT_EQ(logical("{'type':'bytes','logicalType':'decimal','precision':4,'scale':-1}"), Logical::none);
  EXPECT_EQ(logical("{'type':'bytes','logicalType':'decimal','precision':'4'}"), Logical::none);
  // 4 bytes hold 9 digits, whatever they are, and no 10.
  EXPECT_EQ(logical("{'type':'fixed','name':'F','size':4,'logicalType':'decimal','precision':9}"),
            Logical::decimal);
  EXPECT_EQ(logical("{'type':'fixed','name':'F','size':4,'logicalType':'decimal','precision':10}"),
            Logical::none);
  EXPECT_EQ(logical("{'type':'fixed','name':'F','size':16,'logicalType':'uuid'}"), Logical::uuid);
  EXPECT_EQ(logical("{'type':'fixed','name':'F','size':15,'logicalType':'uuid'}"), Logical::none);
  EXPECT_EQ(logical("{'type':'fixed','name':'F','size':12,'logicalType':'duration'}"), Logical::none);
}

TEST(AvroSchema, WhatIsWrongIsSaid) {
  EXPECT_THAT(problem_of(""), HasSubstr("it is no JSON"));
  EXPECT_EQ(problem_of("'strin'"), "there is no type 'strin'");
  EXPECT_EQ(problem_of("5"), "a type is neither a name, a list nor an object");
  EXPECT_EQ(problem_of("{}"), "a type has no 'type'");
  EXPECT_EQ(problem_of("['int',['null']]"), "a union stands immediately in a union");
  EXPECT_EQ(problem_of("['int','null','int']"), "a union has 'int' twice");
  EXPECT_EQ(problem_of("{'type':'array'}"), "a type 'array' has no 'items'");
  EXPECT_EQ(problem_of("{'type':'map'}"), "a type 'map' has no 'values'");
  EXPECT_EQ(problem_of("{'type':'record','fields':[]}"), "a type 'record' has no name");
  EXPECT_EQ(problem_of("{'type':'record','name':'R'}"), "record 'R' has no list 'fields'");
  EXPECT_EQ(problem_of("{'type':'record','name':'int','fields':[]}"),
            "'int' is a type of its own and cannot be defined");
  EXPECT_THAT(problem_of("{'type':'record','name':'9R','fields':[]}"), HasSubstr("'9R' is no name"));
  EXPECT_THAT(problem_of("{'type':'record','name':'a..R','fields':[]}"), HasSubstr("'a..R' is no name"));
  EXPECT_EQ(
      problem_of(
          "{'type':'record','name':'R','fields':[{'name':'a','type':'int'},{'name':'a','type':'int'}]}"),
      "'R' has a field 'a' twice");
  EXPECT_EQ(problem_of("{'type':'record','name':'R','fields':[{'name':'a'}]}"),
            "field 'a' of 'R' has no type");
  EXPECT_EQ(problem_of("[{'type':'fixed','name':'F','size':1},{'type':'fixed','name':'F','size':2}]"),
            "'F' is defined twice");
  EXPECT_EQ(problem_of("{'type':'fixed','name':'F','size':-1}"), "fixed 'F' has no size, a number of bytes");
  EXPECT_EQ(problem_of("{'type':'enum','name':'E','symbols':['A','A']}"), "'E' has the symbol 'A' twice");
  EXPECT_EQ(problem_of("{'type':'enum','name':'E','symbols':['A'],'default':'B'}"),
            "the default 'B' of 'E' is none of its symbols");
  EXPECT_EQ(problem_of("{'type':'enum','name':'E','symbols':['A-B']}"), "a symbol of 'E' is no name");
  std::string deep = "'int'";
  for (int i = 0; i < 70; ++i)
    deep = "{'type':'array','items':" + deep + "}";
  EXPECT_THAT(problem_of(deep), HasSubstr("deeper"));
  EXPECT_THAT(problem_of("'" + std::string(Schema::max_text, 'a') + "'"), HasSubstr("longer than"));
}

TEST(AvroSchema, DefaultsAreDataOfTheirTypes) {
  const auto octets = [](std::string_view type, std::string_view value) {
    const auto made = schema("{'type':'record','name':'R','fields':[{'name':'a','type':" + std::string(type) +
                             ",'default':" + std::string(value) + "}]}");
    const Field& field = made->root().fields[0];
    return field.default_octets ? to_hex(*field.default_octets) : field.default_problem;
  };
  EXPECT_EQ(octets("'int'", "-1"), "01");
  EXPECT_EQ(octets("'long'", "9223372036854775807"), "feffffffffffffffff01");
  EXPECT_EQ(octets("'int'", "2147483648"), "it is no int");
  EXPECT_EQ(octets("'int'", "1.5"), "it is no int");
  EXPECT_EQ(octets("'int'", "'1'"), "it is no int");
  EXPECT_EQ(octets("'double'", "1"), "000000000000f03f");
  EXPECT_EQ(octets("'float'", "1.5"), "0000c03f");
  EXPECT_EQ(octets("'boolean'", "true"), "01");
  EXPECT_EQ(octets("'bytes'", "'\\u00ff\\u0000a'"), "06ff0061");
  EXPECT_EQ(octets("'bytes'", "'\\u0100'"), "it is no bytes");
  EXPECT_EQ(octets("'string'", "'\\u00ff'"), "04c3bf");
  EXPECT_EQ(octets("{'type':'fixed','name':'F','size':2}", "'\\u00ffa'"), "ff61");
  EXPECT_EQ(octets("{'type':'fixed','name':'F','size':2}", "'a'"), "it is no fixed F");
  EXPECT_EQ(octets("{'type':'enum','name':'E','symbols':['A','B']}", "'B'"), "02");
  EXPECT_EQ(octets("{'type':'enum','name':'E','symbols':['A','B']}", "'C'"), "it is no enum E");
  EXPECT_EQ(octets("{'type':'array','items':'int'}", "[1,2]"), "04020400");
  EXPECT_EQ(octets("{'type':'map','values':'int'}", "{}"), "00");
  EXPECT_EQ(octets("['null','int']", "null"), "00");
  EXPECT_EQ(octets("['null','int']", "7"), "020e");
  EXPECT_EQ(octets("{'type':'record','name':'I','fields':[{'name':'x','type':'int','default':5}]}", "{}"),
            "0a");
  EXPECT_EQ(octets("{'type':'record','name':'I','fields':[{'name':'x','type':'int'}]}", "{}"),
            "it lacks 'x' of I");
}

TEST(AvroSchema, ADefaultThatNeedsItselfAndOneThatGrowsWithoutEndAreRefused) {
  const auto self = schema("{'type':'record','name':'R','fields':[{'name':'r','type':'R','default':{}}]}");
  EXPECT_THAT(self->root().fields[0].default_problem, HasSubstr("itself"));
  std::string doubling =
      "{'type':'record','name':'R0','fields':[{'name':'x','type':'string','default':'0123456789'}]}";
  for (int i = 1; i < 40; ++i) {
    const std::string below = "R" + std::to_string(i - 1);
    doubling = "{'type':'record','name':'R" + std::to_string(i) +
               "','fields':[{'name':'a','type':" + doubling + ",'default':{}},{'name':'b','type':'" + below +
               "','default':{}}]}";
  }
  const auto grown = schema(doubling);
  EXPECT_EQ(grown->root().fields[0].default_problem, "it lacks 'a' of R38, whose default cannot be used");
  const Type* below = &grown->root();
  while (below->fields[0].default_problem.ends_with("cannot be used"))
    below = below->fields[0].type;
  EXPECT_EQ(below->fields[0].default_problem, "it is too large");
}

}  // namespace
}  // namespace hiveframe::codec::avro
