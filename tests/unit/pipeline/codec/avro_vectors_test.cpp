// Data that another implementation wrote, and what it reads them as: tests/data/avro.

#include <fstream>
#include <gtest/gtest.h>

#include "pipeline/record/equal.hpp"
#include "tests/unit/pipeline/codec/avro_reading.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::Value;

struct Line {
  explicit Line(std::string line) : text(std::move(line)) {
    record::DataError error;
    if (!json::ExactReader().read(text, arena, value, error)) throw std::runtime_error(error.message);
  }
  std::string_view operator[](std::string_view name) const { return value.find(name)->text(); }

  std::string text;
  record::Arena arena;
  Value value;
};

Value parsed(const std::string& text, record::Arena& arena) {
  Value value;
  record::DataError error;
  EXPECT_TRUE(json::ExactReader().read(text, arena, value, error)) << text << error.message;
  return value;
}

std::shared_ptr<const Schema> schema_of(std::string_view text) {
  std::string problem;
  auto made = Schema::parse(text, problem);
  EXPECT_TRUE(made) << text << ": " << problem;
  return made;
}

TEST(AvroVectors, AreReadAsFastavroReadsThemAndWrittenAsItWritesThem) {
  std::ifstream file(HIVEFRAME_TEST_DATA "/avro/vectors.ndjson");
  std::string each;
  int seen = 0;
  while (std::getline(file, each)) {
    const Line line(std::move(each));
    SCOPED_TRACE(std::string(line["name"]));
    ++seen;
    const auto writer = schema_of(line["writer"]);
    const bool resolved = !line.value.find("reader")->is_null();
    const auto reader = resolved ? schema_of(line["reader"]) : writer;
    Reading reading(writer, reader);
    const std::string octets = from_hex(line["hex"]);
    Value value;
    ASSERT_TRUE(reading.read(octets, value)) << reading.error.message;
    EXPECT_LE(reading.arena.mark().used, reading.datum.tree_bytes());
    record::Arena arena;
    const std::string expected(line["value"]);
    const std::string got = to_json(value);
    EXPECT_TRUE(record::equal(parsed(got, arena), parsed(expected, arena))) << got << "\n" << expected;
    // Of -1.28 fastavro writes two octets; one says the same.
    if (!resolved && line["hex"] != "04ff80") {
      EXPECT_EQ(written(*writer, value), line["hex"]);
    }
    // No end in the midst of it is taken for its end.
    for (std::size_t size = 0; size < octets.size(); ++size)
      EXPECT_FALSE(reading.read(std::string_view(octets).substr(0, size), value)) << size;
    EXPECT_FALSE(reading.read(octets + '\0', value));
  }
  EXPECT_GT(seen, 80);
}

}  // namespace
}  // namespace hiveframe::codec::avro
