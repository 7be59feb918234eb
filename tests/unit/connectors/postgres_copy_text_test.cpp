// What values become in COPY's text format, and records in its lines.

#include <array>
#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <string>
#include <vector>

#include "connectors/postgres/copy_text.hpp"
#include "connectors/postgres/identifier.hpp"
#include "connectors/postgres/row_writer.hpp"
#include "pipeline/expr/field_path.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::postgres;
using namespace std::string_view_literals;
using record::Member;
using record::Value;

/// The field, or "refused: why".
std::string written(const Value& value, TypeClass kind, bool array = false) {
  CopyText text;
  std::string out = "before|";
  std::string problem;
  Type type;
  type.kind = kind;
  type.array = array;
  if (!text.write(value, type, out, problem)) {
    EXPECT_EQ(out, "before|") << "what was refused leaves nothing behind";
    return "refused: " + problem;
  }
  return out.substr(7);
}

TEST(PostgresCopyText, EscapesWhatTheFormatGivesAMeaning) {
  EXPECT_EQ(written(Value::string("a\tb\nc\rd\\e"), TypeClass::text), R"(a\tb\nc\rd\\e)");
  EXPECT_EQ(written(Value::string("\b\f\v"), TypeClass::text), R"(\b\f\v)");
  EXPECT_EQ(written(Value::string("\\N"), TypeClass::text), R"(\\N)") << "a text, not NULL";
  EXPECT_EQ(written(Value::string("\\."), TypeClass::text), R"(\\.)") << "a text, not the end";
  EXPECT_EQ(written(Value::string(""), TypeClass::text), "");
  EXPECT_EQ(written(Value::string("ä€😀\x7f\x01"), TypeClass::text), "ä€😀\x7f\x01");
  EXPECT_EQ(written(Value(), TypeClass::text), R"(\N)");
}

TEST(PostgresCopyText, RefusesWhatNoTextOfTheServerHolds) {
  EXPECT_EQ(written(Value::string("a\0b"sv), TypeClass::text),
            "refused: cannot hold a NUL character, as no text of PostgreSQL can");
  EXPECT_EQ(written(Value::bytes("\xff\xfe"), TypeClass::text),
            "refused: takes text, and these bytes are no UTF-8");
  EXPECT_EQ(written(Value::bytes("abc"), TypeClass::text), "abc");
}

TEST(PostgresCopyText, KeepsEveryDigitOfNumbers) {
  EXPECT_EQ(written(Value::int64(std::numeric_limits<std::int64_t>::min()), TypeClass::integer),
            "-9223372036854775808");
  EXPECT_EQ(written(Value::uint64(std::numeric_limits<std::uint64_t>::max()), TypeClass::number),
            "18446744073709551615");
  EXPECT_EQ(written(Value::decimal("123456789012345678901234567890.000001"), TypeClass::number),
            "123456789012345678901234567890.000001");
  EXPECT_EQ(written(Value::float64(0.1), TypeClass::number), "0.1");
  EXPECT_EQ(written(Value::float64(1e300), TypeClass::number), "1e+300");
  EXPECT_EQ(written(Value::float64(std::nan("")), TypeClass::number), "NaN");
  EXPECT_EQ(written(Value::float64(-HUGE_VAL), TypeClass::number), "-Infinity");
}

TEST(PostgresCopyText, TakesADoubleWithoutAFractionForAnInteger) {
  EXPECT_EQ(written(Value::float64(3.0), TypeClass::integer), "3");
  EXPECT_EQ(written(Value::float64(-0.0), TypeClass::integer), "0");
  EXPECT_EQ(written(Value::float64(-9223372036854774784.0), TypeClass::integer), "-9223372036854774784");
  EXPECT_EQ(written(Value::float64(3.5), TypeClass::integer), "3.5") << "the server says what is wrong";
  EXPECT_EQ(written(Value::float64(9223372036854775808.0), TypeClass::integer), "9223372036854775808")
      << "the server says that it is out of range";
  EXPECT_EQ(written(Value::boolean(true), TypeClass::integer), "1");
  EXPECT_EQ(written(Value::boolean(false), TypeClass::boolean), "false");
}

TEST(PostgresCopyText, WritesOctetsAsHex) {
  EXPECT_EQ(written(Value::bytes("\x00\xff\\"sv), TypeClass::bytes), R"(\\x00ff5c)");
  EXPECT_EQ(written(Value::string("\\x41"), TypeClass::bytes), R"(\\x5c783431)") << "octets of a text";
  EXPECT_EQ(written(Value::bytes(""), TypeClass::bytes), R"(\\x)");
}

TEST(PostgresCopyText, WritesTimes) {
  EXPECT_EQ(written(Value::timestamp(0, 123456789), TypeClass::timestamp), "1970-01-01T00:00:00.123456789Z");
  EXPECT_EQ(written(Value::timestamp(0, 0, true), TypeClass::timestamp), "1970-01-01T00:00:00");
  EXPECT_EQ(written(Value::date(-1), TypeClass::date), "1969-12-31");
  EXPECT_EQ(written(Value::duration(-1, 500'000'000), TypeClass::interval), "-0.5s");
  EXPECT_EQ(written(Value::duration(86399, 999'999'999), TypeClass::time), "23:59:59.999999999");
  EXPECT_EQ(written(Value::duration(86400, 0), TypeClass::time), "24:00:00.000000000");
  const std::string none = "refused: takes a time of the day, and this duration is none";
  EXPECT_EQ(written(Value::duration(86400, 1), TypeClass::time), none);
  EXPECT_EQ(written(Value::duration(-1, 999'999'999), TypeClass::time), none);
  EXPECT_EQ(written(Value::string("infinity"), TypeClass::timestamp), "infinity");
}

TEST(PostgresCopyText, WritesTreesAsJson) {
  const std::array items{Value::int64(1), Value::string("a\"b\\c\n"), Value()};
  const std::array members{Member{"k", Value::list(items)}};
  EXPECT_EQ(written(Value::object(members), TypeClass::json), R"({"k":[1,"a\\"b\\\\c\\n",null]})");
  EXPECT_EQ(written(Value::object(members), TypeClass::other), R"({"k":[1,"a\\"b\\\\c\\n",null]})");
  EXPECT_EQ(written(Value::string("{}"), TypeClass::json), R"("{}")") << "a text is a JSON string";
  EXPECT_EQ(written(Value(), TypeClass::json), R"(\N)") << "NULL, not JSON's null";
  EXPECT_EQ(written(Value::list(items), TypeClass::json), R"([1,"a\\"b\\\\c\\n",null])");
  const std::array wrong{Value::float64(std::nan(""))};
  EXPECT_EQ(written(Value::list(wrong), TypeClass::json),
            "refused: takes JSON, which has no number for [0]: NaN");
}

TEST(PostgresCopyText, WritesListsAsArrays) {
  const std::array items{Value::string("a,b"), Value(), Value::string("NULL"), Value::string("\"\\"),
                         Value::string("")};
  EXPECT_EQ(written(Value::list(items), TypeClass::text, true), R"({"a,b",NULL,"NULL","\\"\\\\",""})");
  const std::array numbers{Value::int64(1), Value::float64(2.0)};
  const std::array rows{Value::list(numbers), Value::list(numbers)};
  EXPECT_EQ(written(Value::list(rows), TypeClass::integer, true), R"({{"1","2"},{"1","2"}})");
  EXPECT_EQ(written(Value::list(rows), TypeClass::json, true), R"({"[1,2.0]","[1,2.0]"})");
  EXPECT_EQ(written(Value::list({}), TypeClass::integer, true), "{}");
  EXPECT_EQ(written(Value::string("{1,2}"), TypeClass::integer, true), "{1,2}");
  EXPECT_EQ(written(Value::int64(1), TypeClass::integer, true), "refused: takes a list");
  const std::array octets{Value::bytes("\x01"sv)};
  EXPECT_EQ(written(Value::list(octets), TypeClass::bytes, true), R"({"\\\\x01"})");
  const std::array nul{Value::string("\0"sv)};
  EXPECT_EQ(written(Value::list(nul), TypeClass::text, true),
            "refused: cannot hold a NUL character, as no text of PostgreSQL can");
}

TEST(PostgresIdentifier, QuotesWhateverANameHolds) {
  EXPECT_EQ(quote_identifier("orders"), "\"orders\"");
  EXPECT_EQ(quote_identifier("a\"; DROP TABLE b; --"), "\"a\"\"; DROP TABLE b; --\"");
  EXPECT_EQ((TableName{"S", "t.x"}).sql(), "\"S\".\"t.x\"");
  EXPECT_EQ(quote_identifiers({"a", "B"}), "\"a\", \"B\"");
  EXPECT_EQ(wrong_with_name(std::string(63, 'x')), "");
  EXPECT_EQ(wrong_with_name(std::string(64, 'x')), "is longer than 63 bytes");
  EXPECT_EQ(wrong_with_name("a\0b"sv), "holds a NUL character");
  EXPECT_EQ(wrong_with_name(""), "is empty");
}

Column column(std::string name, TypeClass kind, bool has_default = false, bool generated = false) {
  Column made;
  made.name = std::move(name);
  made.type.kind = kind;
  made.type.name = "a_type";
  made.has_default = has_default;
  made.generated = generated;
  return made;
}

const Table& orders() {
  static const Table table{
      {"public", "orders"},
      {column("id", TypeClass::integer, true), column("note", TypeClass::text),
       column("at", TypeClass::timestamp, true), column("twice", TypeClass::integer, false, true)}};
  return table;
}

/// The columns and the line of a record, or "refused: why".
std::string row(RowWriter& writer, const std::vector<Member>& members) {
  std::string line;
  std::string problem;
  if (!writer.take(Value::object(members), problem) || !writer.write_line(line, problem))
    return "refused: " + problem;
  std::string names;
  for (const std::string& each : writer.columns_of(writer.shape()))
    names += each + " ";
  return names + line;
}

TEST(PostgresRow, LeavesDefaultsOfWhatIsAbsentToTheServer) {
  const ColumnRules rules;
  RowWriter writer(orders(), rules);
  EXPECT_FALSE(writer.has_one_shape());
  EXPECT_EQ(row(writer, {{"note", Value::string("")}, {"id", Value::int64(1)}}), "id note 1\t\n");
  EXPECT_EQ(row(writer, {{"id", Value::int64(1)}, {"note", Value::string("n")}}), "id note 1\tn\n");
  EXPECT_EQ(row(writer, {{"id", Value::int64(1)}}), "id note 1\t\\N\n");
  EXPECT_EQ(row(writer, {{"id", Value::int64(1)}, {"at", Value()}}), "id note at 1\t\\N\t\\N\n")
      << "null is not absent";
  EXPECT_EQ(row(writer, {}), "note \\N\n");
}

TEST(PostgresRow, LetsGeneratedColumnsBeAndRefusesFieldsWithoutAColumn) {
  const ColumnRules rules;
  RowWriter writer(orders(), rules);
  EXPECT_EQ(row(writer, {{"note", Value::string("n")}, {"twice", Value::int64(2)}}), "note n\n");
  EXPECT_FALSE(writer.lacks_column());
  EXPECT_EQ(row(writer, {{"nite", Value::string("n")}}),
            "refused: field 'nite' has no column in public.orders; did you mean 'note'?");
  EXPECT_TRUE(writer.lacks_column());
  EXPECT_EQ(
      row(writer, {{"something", Value::string("n")}}),
      "refused: field 'something' has no column in public.orders; drop it, or set 'extra_fields: drop'");
  const ColumnRules dropping{{}, true};
  RowWriter other(orders(), dropping);
  EXPECT_EQ(row(other, {{"something", Value::int64(1)}, {"note", Value::string("n")}}), "note n\n");
}

TEST(PostgresRow, SaysWhichColumnCannotHoldAValue) {
  const ColumnRules rules;
  RowWriter writer(orders(), rules);
  EXPECT_EQ(row(writer, {{"note", Value::string("\0"sv)}}),
            "refused: column 'note' (a_type) cannot hold a NUL character, as no text of PostgreSQL can");
  std::string problem;
  EXPECT_FALSE(writer.take(Value::int64(1), problem));
  EXPECT_EQ(problem, "it is an integer; a row is made of an object");
  const Table serial{{"public", "serial"}, {column("id", TypeClass::integer, true)}};
  RowWriter empty(serial, rules);
  EXPECT_EQ(row(empty, {}), "refused: it has no field for any column of public.serial");
}

TEST(PostgresRow, MakesColumnsOfTheFieldsThatAreNamed) {
  expr::Problem problem;
  ColumnRules rules;
  rules.columns.emplace_back("note", expr::FieldPath::parse("customer.name", problem).value());
  rules.columns.emplace_back("id", expr::FieldPath::parse("number", problem).value());
  EXPECT_EQ(wrong_with_columns(rules, orders()), "");
  RowWriter writer(orders(), rules);
  const std::array customer{Member{"name", Value::string("Ada")}};
  EXPECT_EQ(row(writer, {{"customer", Value::object(customer)}, {"number", Value::int64(7)}}),
            "id note 7\tAda\n");
  EXPECT_EQ(row(writer, {{"customer", Value::int64(1)}, {"x", Value::int64(7)}}), "note \\N\n");
  rules.columns.emplace_back("nte", expr::FieldPath::parse("x", problem).value());
  EXPECT_EQ(wrong_with_columns(rules, orders()), "it has no column 'nte'; did you mean 'note'?");
  rules.columns.back().first = "twice";
  EXPECT_EQ(wrong_with_columns(rules, orders()),
            "column 'twice' is generated by the server; leave it out of 'columns'");
}

TEST(PostgresRow, FindsFieldsInWhateverOrderTheyCome) {
  const ColumnRules rules;
  RowWriter writer(orders(), rules);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(row(writer, {{"id", Value::int64(1)}, {"note", Value::string("n")}}), "id note 1\tn\n");
    EXPECT_EQ(row(writer, {{"note", Value::string("n")}, {"id", Value::int64(1)}}), "id note 1\tn\n");
    EXPECT_EQ(row(writer, {{"twice", Value()}, {"note", Value::string("n")}, {"id", Value::int64(1)}}),
              "id note 1\tn\n");
  }
}

}  // namespace
}  // namespace hiveframe::testing
