#include <gtest/gtest.h>
#include <optional>
#include <random>

#include "pipeline/codec/json/decoder.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/record/equal.hpp"

namespace hiveframe::codec::json {
namespace {

using record::DataError;
using record::Value;

/// Fills `storage` with lines in one buffer, `behind` after the last.
void fill(record::Storage& storage, const std::vector<std::string>& lines, std::string_view delimiter = "\n",
          char behind = '7') {
  std::string text;
  for (const std::string& line : lines) {
    text += line;
    text += delimiter;
  }
  if (!lines.empty()) text.resize(text.size() - delimiter.size());
  record::Buffer& buffer = storage.add(record::Buffer(text.size()));
  std::memcpy(buffer.data(), text.data(), text.size());
  std::memset(buffer.data() + text.size(), behind, record::Buffer::padding);
  std::size_t at = 0;
  for (const std::string& line : lines) {
    storage.records.emplace_back().original = {buffer.data() + at, line.size()};
    at += line.size() + delimiter.size();
  }
}

/// Decodes one record of a storage, and holds what comes out beside what the exact reader says of it alone.
void check(Decoder& decoder, record::Storage& storage, std::size_t i) {
  record::Arena arena;
  record::Record record = storage.records[i];
  const std::string_view text = record.original;
  ExactReader exact;
  Value expected;
  DataError expected_error;
  const bool valid = exact.read(text, arena, expected, expected_error);
  DataError error;
  record::Draft draft(storage, storage.records[i], arena);
  ASSERT_EQ(decoder.decode(draft, error), valid) << text << "\n" << error.message << expected_error.message;
  if (!valid) {
    ASSERT_EQ(error.message, expected_error.message) << text;
    return;
  }
  if (expected.is(record::Kind::object)) {
    for (const record::Member& member : expected.members()) {
      const std::string_view path[] = {member.name};
      const auto found = draft.find(path);
      ASSERT_TRUE(found && record::equal(*found, member.value)) << text;
    }
  }
  ASSERT_TRUE(record::equal(draft.value(), expected)) << text;
  storage.records[i] = record;  // without its tree
}

void check_all(Decoder& decoder, record::Storage& storage) {
  for (std::size_t i = 0; i < storage.records.size(); ++i)
    check(decoder, storage, i);
}

TEST(IndexedLines, ALineIsReadAsAloneWhateverStandsBesideIt) {
  // Each stands among good lines, first, last, twice, and before another.
  const std::vector<std::string> odd = {R"({"a":{"b":1})",
                                        R"({"c":2}})",
                                        R"(["a",[1])",
                                        R"([2]])",
                                        R"({"a":1}{"b":2})",
                                        R"({"a":1} {"b":2})",
                                        "{}",
                                        "[]",
                                        R"({"a":1},)",
                                        R"(,{"a":1})",
                                        R"({"a":"x)",
                                        R"(x"})",
                                        R"({"a":"\"})",
                                        R"({"a":"x\)",
                                        "{\"a\":\"\x01\"}",
                                        "{\"a\":\"\xC3\"}",
                                        "\xBC{}",
                                        "1",
                                        "-0",
                                        "null",
                                        "\"text\"",
                                        "\"",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        "{]",
                                        "[}",
                                        ",",
                                        "  {}",
                                        "{}  ",
                                        R"({"a":1,"a":2})",
                                        R"({"a":1e400})",
                                        R"({"a":9007199254740993.0,"b":-0})",
                                        R"({"a":123456789012345678901234567890})",
                                        R"({"a":tru})",
                                        R"({"a":01})",
                                        R"(["\ud800"])",
                                        "",
                                        "{}{",
                                        "}{}",
                                        "[[]",
                                        "[]]",
                                        R"({"a":[})",
                                        R"({"a"})",
                                        "\\",
                                        "{}\\",
                                        std::string(600, '[') + std::string(600, ']'),
                                        std::string(40'000, ' '),
                                        "[\"" + std::string(40'000, 'x') + "\"]"};
  const std::string good = R"({"id":1,"x":[true,null,"y"],"z":{"w":1.5}})";
  for (const char* delimiter : {"\n", "\r\n"}) {
    for (const char behind : {'7', '}', ']', ',', '"', '{', '[', '\\', ' ', '\n'}) {
      JsonDecoder decoder;
      for (const std::string& line : odd) {
        for (const auto& lines :
             {std::vector<std::string>{good, line, good, line, line, good},
              std::vector<std::string>{line, good, good}, std::vector<std::string>{good, good, line}}) {
          record::Storage storage;
          fill(storage, lines, delimiter, behind);
          check_all(decoder, storage);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
  for (const std::string& first : odd) {
    for (const std::string& second : odd) {
      JsonDecoder decoder;
      record::Storage storage;
      fill(storage, {good, first, second, good});
      check_all(decoder, storage);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(IndexedLines, LinesMayBeTakenInAnyOrderAndByAnyone) {
  std::mt19937 random(3);
  const std::vector<std::string> shapes = {R"("x"})",     R"([])",     R"("y\n"})", R"({"c":[2]}})",
                                           R"(2,"a":1})", R"(1e400})", R"(})",      R"(]})"};
  int unique = 0;
  JsonDecoder decoders[2];
  for (int round = 0; round < 300; ++round) {
    record::Storage storages[2];
    for (record::Storage& storage : storages) {
      std::vector<std::string> lines;
      for (std::size_t count = 1 + random() % 70; count > 0; --count) {
        // No two are the same, but many are of the same length.
        const std::string number = std::to_string(100'000 + unique++);
        lines.push_back("{\"a\":" + number +
                        ",\"b\":" + shapes[random() % (random() % 4 == 0 ? shapes.size() : 3)]);
      }
      fill(storage, lines);
    }
    std::size_t at[2] = {0, 0};
    for (int step = 0; step < 100; ++step) {
      const std::size_t which = random() % 2;
      record::Storage& storage = storages[which];
      if (random() % 10 == 0) at[which] = random() % storage.records.size();
      check(decoders[random() % 20 == 0 ? 1 : 0], storage, at[which]++ % storage.records.size());
      if (HasFatalFailure()) return;
    }
  }
}

// Another storage may stand where the one was that was indexed, and its bytes where its bytes were.
TEST(IndexedLines, WhatStandsInTheSamePlaceIsNotTakenForTheSame) {
  // With the marks of the first the second would be read as two members.
  const std::string two = R"({"a":"b", "c": "d"})";
  const std::string one = R"({"a":"bx,\"cx:\"d"})";
  ASSERT_EQ(one.size(), two.size());
  JsonDecoder decoder;
  std::optional<record::Storage> storage;
  const char* before = nullptr;
  int same_place = 0;
  for (int round = 0; round < 100; ++round) {
    const bool odd = round % 2 != 0;
    storage.emplace();
    fill(*storage, std::vector<std::string>(16, odd ? one : two));
    if (odd && storage->records[0].original.data() == before) ++same_place;
    before = storage->records[0].original.data();
    for (const std::size_t i :
         odd ? std::vector<std::size_t>{3, 4, 0, 1} : std::vector<std::size_t>{0, 1, 2}) {
      check(decoder, *storage, i);
      if (HasFatalFailure()) return;
    }
  }
#ifndef __SANITIZE_ADDRESS__
  EXPECT_GT(same_place, 0) << "the allocator gives no memory twice, and nothing was tested";
#endif
}

TEST(IndexedLines, ARecordOfNoStorageAndOneThatWasReplacedAreReadAlone) {
  JsonDecoder decoder;
  record::Storage storage;
  fill(storage, std::vector<std::string>(20, R"({"a":1})"));
  check(decoder, storage, 0);
  record::Storage other;
  fill(other, {R"({"b":"another"})"});
  storage.records[1].original = other.records[0].original;
  check(decoder, storage, 1);
  check(decoder, storage, 2);
  record::Record outside = storage.records[3];
  record::Draft draft(storage, outside, storage.arena);
  DataError error;
  ASSERT_TRUE(decoder.decode(draft, error));
  EXPECT_EQ(draft.value().find("a")->as_int64(), 1);
  check(decoder, storage, 16);
  // No longer the whole line.
  storage.records[17].original.remove_suffix(1);
  check(decoder, storage, 17);
  check(decoder, storage, 18);
}

}  // namespace
}  // namespace hiveframe::codec::json
