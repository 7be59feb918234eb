// What `explain` shows of the option `csv` is what it does.

#include "pipeline/csv_options.hpp"

#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/environment.hpp"
#include "config/option_table.hpp"
#include "config/yaml.hpp"
#include "pipeline/codec/csv/format.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/csv_examples.hpp"

namespace hiveframe::pipeline {
namespace {

template <class T>
T option(const config::OptionType<T>& type, std::string_view yaml) {
  config::Diagnostics diagnostics;
  const config::ProcessEnvironment environment;
  config::Reader reader(environment, diagnostics);
  const config::YamlFile file =
      config::parse_yaml(config::SourceFile::make("t.yaml", std::string(yaml) + "\n"), diagnostics);
  std::optional<T> value;
  if (!file.documents.empty()) value = type.read(file.documents[0], reader);
  EXPECT_EQ(diagnostics.render(), "") << yaml;
  return std::move(value).value();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
  }
  return lines;
}

std::string written(const record::Value& value) {
  record::Arena arena;
  codec::json::Writer writer(arena);
  EXPECT_TRUE(writer.write(value));
  return std::string(writer.finish());
}

record::Value parsed(std::string_view json, record::Arena& arena) {
  codec::json::ExactReader reader;
  record::Value value;
  record::DataError error;
  EXPECT_TRUE(reader.read(json, arena, value, error)) << json << ": " << error.message;
  return value;
}

class Text final : public codec::ByteStream {
 public:
  explicit Text(std::string_view text) : text_(text) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t size = std::min(room.size(), text_.size());
    std::memcpy(room.data(), text_.data(), size);
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
};

TEST(CsvOptions, ReadingDoesWhatTheExamplesSay) {
  for (const CsvExample& each : csv_input_examples()) {
    const codec::Format format = codec::csv::input_format(option(csv_input_type(), each.options));
    codec::RecordReader reader(format, {});
    Text text(each.before);
    const auto decoder = format.decoder();
    std::vector<std::string> records;
    for (bool at_end = false; !at_end;) {
      const codec::RecordReader::Batch batch = reader.read(text);
      at_end = batch.at_end;
      EXPECT_TRUE(batch.refused.empty()) << each.options;
      for (record::Record& record : batch.storage->records) {
        record::Draft draft(*batch.storage, record, batch.storage->arena);
        record::DataError error;
        ASSERT_TRUE(decoder->decode(draft, error)) << error.message;
        records.push_back(written(draft.value()));
      }
    }
    std::vector<std::string> expected;
    record::Arena arena;
    for (const std::string_view line : lines_of(each.after))
      expected.push_back(written(parsed(line, arena)));
    EXPECT_EQ(records, expected) << each.options;
  }
}

TEST(CsvOptions, WritingDoesWhatTheExamplesSay) {
  for (const CsvExample& each : csv_output_examples()) {
    const codec::Format format = codec::csv::output_format(option(csv_output_type(), each.options));
    const auto encoder = format.encoder();
    std::string rows = format.preamble;
    for (const std::string_view line : lines_of(each.before)) {
      record::Storage storage;
      storage.records.resize(1);
      storage.records[0].value = parsed(line, storage.arena);
      storage.records[0].tree = true;
      record::Draft draft(storage, storage.records[0], storage.arena);
      std::string_view row;
      record::DataError error;
      ASSERT_TRUE(encoder->encode(draft, storage.arena, row, error)) << error.message;
      rows.append(row).append(format.delimiter);
    }
    EXPECT_EQ(rows, std::string(each.after) + "\n") << each.options;
  }
}

std::string problems(const std::string& yaml) {
  config::Diagnostics diagnostics;
  const config::ProcessEnvironment environment;
  config::Reader reader(environment, diagnostics);
  const config::YamlFile file = config::parse_yaml(config::SourceFile::make("t.yaml", yaml), diagnostics);
  const auto read = [&](const auto& type) {
    EXPECT_FALSE(type.read(file.documents.at(0), reader));
    return diagnostics.render();
  };
  return yaml.find("header: true") != std::string::npos ? read(csv_output_type()) : read(csv_input_type());
}

TEST(CsvOptions, WhatDoesNotGoTogetherIsReportedWithTheRest) {
  EXPECT_THAT(
      problems("{columns: [a, a], delimiter: ab, types: {b: int, a: nonsense}}\n"),
      testing::AllOf(testing::HasSubstr("t.yaml:1:11: error: 'a' is named twice"),
                     testing::HasSubstr("t.yaml:1:2: error: 'columns' cannot be given together"),
                     testing::HasSubstr("t.yaml:1:30: error: expected one ASCII character"),
                     testing::HasSubstr("t.yaml:1:53: error: expected"), testing::HasSubstr("4 errors")));
  EXPECT_THAT(
      problems("{delimiter: ';', quote: ';', null_token: 'a;', values: nonsense}\n"),
      testing::AllOf(testing::HasSubstr("t.yaml:1:25: error: 'delimiter' and 'quote' are the same"),
                     testing::HasSubstr("t.yaml:1:42: error: the text for null cannot hold"),
                     testing::HasSubstr("t.yaml:1:56: error: expected"), testing::HasSubstr("3 errors")));
  EXPECT_THAT(problems("{header: true, quote: ',', null_token: \"\\n\", columns: [a, 'b[0]', a]}\n"),
              testing::AllOf(testing::HasSubstr("'delimiter' and 'quote' are the same"),
                             testing::HasSubstr("the text for null cannot hold"),
                             testing::HasSubstr("a column cannot be an item of a list"),
                             testing::HasSubstr("3 errors")));
  EXPECT_THAT(problems("{header: true, columns: [a, a], delimiter: '\\t'}\n"),
              testing::AllOf(testing::HasSubstr("'a' is named twice"),
                             testing::HasSubstr("a tab is written \"\\t\""), testing::HasSubstr("2 errors")));
}

void expect_all_shown(const config::TypeInfo& section, std::span<const CsvExample> examples) {
  ASSERT_TRUE(section.table);
  std::string all;
  for (const CsvExample& each : examples)
    all.append(each.options).append("\n");
  for (const config::OptionInfo& each : section.table->options) {
    EXPECT_THAT(all, testing::HasSubstr(each.name + ": "));
    const config::TypeInfo& type = each.type.element ? *each.type.element : each.type;
    for (const std::string& choice : type.choices) {
      if (choice == each.default_text) continue;
      EXPECT_THAT(all, testing::HasSubstr(": " + choice));
    }
  }
}

TEST(CsvOptions, TheExamplesShowEachOfThem) {
  expect_all_shown(csv_input_type().info, csv_input_examples());
  expect_all_shown(csv_output_type().info, csv_output_examples());
  EXPECT_THAT(describe_csv_examples(), testing::HasSubstr("csv: {delimiter: ';'"));
}

}  // namespace
}  // namespace hiveframe::pipeline
