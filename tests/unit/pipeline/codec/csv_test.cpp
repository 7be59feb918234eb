// Rows to records and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "pipeline/codec/csv/decoder.hpp"
#include "pipeline/codec/csv/encoder.hpp"
#include "pipeline/codec/csv/format.hpp"
#include "pipeline/codec/json/writer.hpp"

namespace hiveframe::codec::csv {
namespace {

using record::Kind;
using testing::HasSubstr;

// One row of columns given by name.
class Row {
 public:
  Row(const std::vector<std::string>& names, std::string_view bytes, Dialect dialect = {})
      : dialect_(std::make_shared<const Dialect>(std::move(dialect))), decoder_(dialect_) {
    auto schema = std::make_shared<record::Schema>();
    for (const std::string& name : names) {
      FieldType type = dialect_->type;
      for (const auto& [column, its_type] : dialect_->types)
        if (column == name) type = its_type;
      schema->columns.push_back({name, type.kind, true, false});
    }
    storage_.format = "csv";
    if (!names.empty()) storage_.columns = schema;
    record::Buffer& buffer = storage_.add(record::Buffer(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), buffer.data());
    record_.original = {buffer.data(), bytes.size()};
  }

  bool decode() { return decoder_.decode(draft_, error); }
  std::string json() {
    if (!decode()) return error.message;
    return written(draft_.value());
  }
  std::string field(std::vector<std::string_view> path) {
    if (!decode()) return error.message;
    const std::optional<record::Value> found = draft_.find(path);
    return found ? written(*found) : "absent";
  }
  std::string encode(const std::vector<OutputColumn>& columns, Dialect dialect = {},
                     LineEnd end = LineEnd::lf) {
    if (!decode()) return error.message;
    CsvEncoder encoder(std::make_shared<const Output>(Output{std::move(dialect), columns, end}));
    std::string_view encoded;
    if (!encoder.encode(draft_, storage_.arena, encoded, error)) return error.message;
    EXPECT_EQ(std::string_view(encoded.data() + encoded.size(), text_of(end).size()), text_of(end));
    return std::string(encoded);
  }

  record::DataError error;

 private:
  std::string written(const record::Value& value) {
    json::Writer writer(scratch_);
    EXPECT_TRUE(writer.write(value));
    return std::string(writer.finish());
  }

  std::shared_ptr<const Dialect> dialect_;
  CsvDecoder decoder_;
  record::Storage storage_;
  record::Record record_;
  record::Arena scratch_;
  record::Draft draft_{storage_, record_, scratch_};
};

Dialect typed(std::optional<Kind> kind) {
  Dialect dialect;
  dialect.type.kind = kind;
  return dialect;
}

TEST(CsvDecoder, FieldsAreTextUnlessSaidOtherwise) {
  EXPECT_EQ(Row({"id", "name"}, "007,x y").json(), R"({"id":"007","name":"x y"})");
  EXPECT_EQ(Row({"a", "b", "c"}, " 1 ,\"2\",\"x,\"\"y\"\"\nz\"").json(),
            R"({"a":" 1 ","b":"2","c":"x,\"y\"\nz"})");
  EXPECT_EQ(Row({"a"}, "5\" pipe").json(), R"({"a":"5\" pipe"})");
  EXPECT_EQ(Row({"a", "b"}, "\"\"\"\",\"größe\"").json(), R"({"a":"\"","b":"größe"})");
}

TEST(CsvDecoder, AnEmptyFieldIsNullAndAnEmptyTextInQuotesIsNot) {
  EXPECT_EQ(Row({"a", "b", "c"}, ",\"\",").json(), R"({"a":null,"b":"","c":null})");
  Dialect token;
  token.null = "\\N";
  EXPECT_EQ(Row({"a", "b", "c"}, ",\"\\N\",\\N", token).json(), R"({"a":"","b":"\\N","c":null})");
}

TEST(CsvDecoder, RowsOfTheWrongWidthAreBad) {
  EXPECT_EQ(Row({"a", "b"}, "1").json(), "the row has 1 field for 2 columns");
  EXPECT_EQ(Row({"a"}, "1,2").json(), "the row has 2 fields for 1 column");
  EXPECT_EQ(Row({"a"}, "1,").json(), "the row has 2 fields for 1 column");
}

TEST(CsvDecoder, WhatIsWrongWithAFieldIsSaid) {
  EXPECT_EQ(Row({"a", "b"}, "1,\"x\"y").json(),
            "field 2 goes on behind its closing quote; a quote within is written twice");
  EXPECT_EQ(Row({"a", "b"}, "1,\"x").json(), "field 2 begins with a quote that is not closed");
  EXPECT_EQ(Row({"a"}, "\"").json(), "field 1 begins with a quote that is not closed");
  EXPECT_EQ(Row({"a"}, "\"\"\"").json(), "field 1 begins with a quote that is not closed");
  EXPECT_THAT(Row({"a"}, "x\xFFy").json(), HasSubstr("UTF-8"));
  EXPECT_THAT(Row({}, "1").json(), HasSubstr("header"));
}

TEST(CsvDecoder, FieldsThatLookLikeNumbersAreThat) {
  EXPECT_EQ(Row({"a", "b", "c", "d", "e", "f"}, "1,-2.50,true,007,1e5,\"8\"", typed(std::nullopt)).json(),
            R"({"a":1,"b":-2.5,"c":true,"d":"007","e":"1e5","f":"8"})");
  EXPECT_EQ(Row({"a", "b", "c"}, ",18446744073709551615,12345678901234567890.5", typed(std::nullopt)).json(),
            R"({"a":null,"b":18446744073709551615,"c":12345678901234567890.5})");
}

TEST(CsvDecoder, ColumnsMayHaveATypeEach) {
  Dialect dialect;
  dialect.types = {{"id", {Kind::int64}}, {"at", {Kind::timestamp}}, {"paid", {Kind::boolean}}};
  const std::vector<std::string> names = {"id", "at", "paid", "note"};
  EXPECT_EQ(Row(names, "007,2026-03-01 12:00:00Z,Yes,9", dialect).json(),
            R"({"id":7,"at":"2026-03-01T12:00:00Z","paid":true,"note":"9"})");
  EXPECT_EQ(Row(names, ",,,", dialect).json(), R"({"id":null,"at":null,"paid":null,"note":null})");
  EXPECT_EQ(Row(names, "\"8\",,,", dialect).json(), R"({"id":8,"at":null,"paid":null,"note":null})");
  EXPECT_EQ(Row(names, "7,noon,,", dialect).json(), "column 'at' holds 'noon', which is not a timestamp");
  EXPECT_EQ(Row(names, "9223372036854775808,,,", dialect).json(),
            "column 'id' holds '9223372036854775808', which is not an integer");
  Row bad(names, "7,noon,,", dialect);
  EXPECT_FALSE(bad.decode());
  EXPECT_EQ(bad.error.type, record::DataError::Type::value);
}

TEST(CsvDecoder, FindsAFieldWithoutMakingTheRest) {
  EXPECT_EQ(Row({"a", "b"}, "1,\"x\"\"\"").field({"b"}), R"("x\"")");
  EXPECT_EQ(Row({"a", "b"}, "1,2").field({"c"}), "absent");
  EXPECT_EQ(Row({"a", "b"}, "1,2").field({"a", "b"}), "absent");
  EXPECT_EQ(Row({"a", "b"}, "1,2", typed(Kind::int64)).field({"b"}), "2");
}

TEST(CsvEncoder, WritesTheColumnsAskedFor) {
  const Dialect guess = typed(std::nullopt);
  EXPECT_EQ(Row({"a", "b", "c"}, "1,x,true", guess).encode({{"c", {"c"}}, {"a", {"a"}}, {"none", {"z"}}}),
            "true,1,");
  EXPECT_EQ(CsvEncoder::header({{}, {{"a", {"a"}}, {"b,\"c\"", {"b"}}}, {}}), "a,\"b,\"\"c\"\"\"\n");
}

TEST(CsvEncoder, QuotesWhatWouldReadAsSomethingElse) {
  const std::vector<OutputColumn> all = {{"a", {"a"}}, {"b", {"b"}}};
  EXPECT_EQ(Row({"a", "b"}, "\"x,y\",\"say \"\"hi\"\"\"").encode(all), "\"x,y\",\"say \"\"hi\"\"\"");
  EXPECT_EQ(Row({"a", "b"}, ",\"\"").encode(all), ",\"\"");
  EXPECT_EQ(Row({"a", "b"}, "\"1\n2\",\"\r\"").encode(all), "\"1\n2\",\"\r\"");
  Dialect tabs;
  tabs.delimiter = '\t';
  tabs.null = "NULL";
  EXPECT_EQ(Row({"a", "b"}, "NULL,").encode(all, tabs), "\"NULL\"\tNULL");
  EXPECT_EQ(Row({"a", "b"}, "\"x,y\",\"\t\"").encode(all, tabs), "x,y\t\"\t\"");
}

TEST(CsvEncoder, WhatLooksLikeAByteOrderMarkIsText) {
  EXPECT_EQ(Row({"a", "b"}, "\"\xEF\xBB\xBFx\",\xEF\xBB\xBF").encode({{"a", {"a"}}, {"b", {"b"}}}),
            "\"\xEF\xBB\xBFx\",\"\xEF\xBB\xBF\"");
  EXPECT_EQ(CsvEncoder::header({{}, {{"\xEF\xBB\xBFid", {"id"}}}, {}}), "\"\xEF\xBB\xBFid\"\n");
}

TEST(CsvEncoder, RowsEndAsAskedFor) {
  const Output output{{}, {{"a", {"a"}}, {"b", {"b"}}}, LineEnd::crlf};
  EXPECT_EQ(CsvEncoder::header(output), "a,b\r\n");
  const Format format = output_format(output);
  EXPECT_EQ(format.delimiter, "\r\n");
  EXPECT_EQ(format.preamble, "a,b\r\n");
  EXPECT_EQ(Row({"a", "b"}, "1,x").encode(output.columns, {}, LineEnd::crlf), "1,x");
  EXPECT_EQ(Row({"a", "b"}, "\"1\n2\",y").encode(output.columns, {}, LineEnd::crlf), "\"1\n2\",y")
      << "ends of lines in a field stay as they are";
}

TEST(CsvEncoder, ARowIsNeverABlankLine) {
  EXPECT_EQ(Row({"a"}, "x").encode({{"b", {"b"}}}), "\"\"");
  EXPECT_EQ(Row({"a"}, "x").encode({{"b", {"b"}}, {"c", {"c"}}}), ",");
}

TEST(Csv, WhatIsWrittenReadsAsTheSame) {
  std::mt19937 random(7);
  const std::string alphabet = "ab,;\"'\n\r\t \\N";
  for (int round = 0; round < 2000; ++round) {
    Dialect dialect;
    dialect.delimiter = ",;\t"[random() % 3];
    dialect.quote = "\"'"[random() % 2];
    dialect.null = std::vector<std::string>{"", "\\N", "a"}[random() % 3];
    std::string row;
    std::vector<OutputColumn> columns;
    std::vector<std::string> names;
    const std::size_t width = 2 + random() % 3;
    for (std::size_t i = 0; i < width; ++i) {
      names.push_back("c" + std::to_string(i));
      columns.push_back({names.back(), {names.back()}});
      if (i > 0) row += ',';
      if (random() % 4 == 0) continue;  // null
      row += '"';
      for (std::size_t n = random() % 5; n > 0; --n) {
        const char c = alphabet[random() % alphabet.size()];
        row.append(c == '"' ? 2 : 1, c);
      }
      row += '"';
    }
    Row first(names, row);
    const std::string json = first.json();
    Row second(names, first.encode(columns, dialect), dialect);
    ASSERT_EQ(second.json(), json) << testing::PrintToString(row);
  }
}

}  // namespace
}  // namespace hiveframe::codec::csv
