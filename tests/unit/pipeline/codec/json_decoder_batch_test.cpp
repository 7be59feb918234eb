// Batches that need no look at each record.

#include <cstring>
#include <gtest/gtest.h>
#include <utility>

#include "pipeline/codec/format.hpp"
#include "tests/unit/pipeline/codec/nested.hpp"

namespace hiveframe::codec {
namespace {

/// Whether a batch of lines may go on as it is.
bool all_sound(Decoder& decoder, const std::vector<std::string>& lines, const char* delimiter = "\n") {
  record::Storage storage;
  std::string text;
  for (const std::string& line : lines)
    text += line + delimiter;
  record::Buffer& buffer = storage.add(record::Buffer(text.size()));
  std::memcpy(buffer.data(), text.data(), text.size());
  std::size_t at = 0;
  for (const std::string& line : lines) {
    record::Record& record = storage.records.emplace_back();
    record.original = {buffer.data() + at, line.size()};
    record.one_line = true;
    at += line.size() + std::strlen(delimiter);
  }
  if (std::string_view(delimiter) == "\n") storage.lines = {buffer.data(), text.size() - 1};
  return decoder.all_sound(storage);
}

TEST(JsonDecoderBatch, ABatchThatGoesOnAsItIsIsSound) {
  const std::string good = R"({"a":[1,{"b":null}],"c":"\u00fc"})";
  const std::pair<std::string, bool> cases[] = {
      {"{}", true},
      {"17", true},
      {"\"text\"", true},
      {R"({"n":1e400,"m":-0})", true},
      {"[9007199254740993.0]", true},
      // Bad.
      {"{", false},
      {"{}}", false},
      {"{} {}", false},
      {R"({"a":1,"a":2})", false},
      {"\"\xFF\"", false},
      {"tru", false},
      {"", false},
      {nested(513, "[", "", "]"), false},
      // The encoder would write something else.
      {" {}", false},
      {"{} ", false},
      {"{}\r", false},
      {"\t[1]", false},
      // The tree is large, so that its size is compared with what is allowed.
      {nested(100, "[0,0,0,0,0,0,0,0,0,0,", "0", "]"), true},
      {nested(200, "[0,0,0,0,0,0,0,0,0,0,", "0", "]"), false}};
  for (const auto& [line, sound] : cases) {
    for (const std::vector<std::string>& lines :
         {std::vector<std::string>{line}, {good, line}, {line, good}, {good, good, line, good}}) {
      const auto decoder = find_format("ndjson")->decoder();
      EXPECT_EQ(all_sound(*decoder, lines), sound) << line;
    }
  }
  const auto decoder = find_format("ndjson")->decoder();
  EXPECT_TRUE(all_sound(*decoder, std::vector<std::string>(1000, good)));
  EXPECT_FALSE(all_sound(*decoder, {good, good}, "\r\n")) << "they do not stand in lines";
}

TEST(JsonDecoderBatch, BatchesAreReadTwiceSeldomWhereBadRecordsAreFrequent) {
  const auto decoder = find_format("ndjson")->decoder();
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(all_sound(*decoder, {"{}", "bad"}));
  // It looks again after a while, and is what it was.
  int passed_over = 0;
  while (passed_over < 1000 && !all_sound(*decoder, {"{}"}))
    ++passed_over;
  EXPECT_GT(passed_over, 0);
  EXPECT_LT(passed_over, 100);
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(all_sound(*decoder, {"{}"}));
}

}  // namespace
}  // namespace hiveframe::codec
