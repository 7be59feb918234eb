#include <gtest/gtest.h>

#include "pipeline/codec/format.hpp"

namespace hiveframe::codec {
namespace {

TEST(Formats, AreFoundByName) {
  for (const Format& format : formats()) {
    EXPECT_EQ(find_format(format.name), &format);
    EXPECT_NE(format.framer(), nullptr);
    EXPECT_NE(format.decoder(), nullptr);
    EXPECT_NE(format.encoder(), nullptr);
    EXPECT_FALSE(format.help.empty());
  }
  EXPECT_EQ(find_format("CSV"), nullptr);
  EXPECT_EQ(find_format("JSON"), nullptr);
}

TEST(Formats, AreFoundByExtension) {
  const auto name = [](std::string_view file) {
    const Format* format = format_of_file(file);
    return format == nullptr ? std::string_view("none") : format->name;
  };
  EXPECT_EQ(name("a.json"), "json");
  EXPECT_EQ(name("/x/a.b.ndjson"), "ndjson");
  EXPECT_EQ(name("a.jsonl"), "ndjson");
  EXPECT_EQ(name("a.JSON"), "json");
  EXPECT_EQ(name("a.log"), "text");
  EXPECT_EQ(name("a.ndjson.gz"), "ndjson");
  EXPECT_EQ(name("a.txt.zst"), "text");
  EXPECT_EQ(name("a.bin"), "bytes");
  EXPECT_EQ(name("a.csv.gz"), "csv");
  EXPECT_EQ(name("a.gz"), "none");
  EXPECT_EQ(name("a.json.gz.gz"), "none");
  EXPECT_EQ(name("json"), "none");
  EXPECT_EQ(name(""), "none");
}

}  // namespace
}  // namespace hiveframe::codec
