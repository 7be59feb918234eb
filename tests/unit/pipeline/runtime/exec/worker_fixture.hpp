#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/format.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/expr/template.hpp"
#include "pipeline/runtime/exec/worker.hpp"

namespace hiveframe::runtime::test {

/// A storage of undecoded records.
inline std::unique_ptr<record::Storage> json_batch(const std::vector<std::string>& texts) {
  auto storage = std::make_unique<record::Storage>();
  storage->format = "json";
  std::size_t size = 0;
  for (const std::string& text : texts)
    size += text.size() + 1;
  record::Buffer& buffer = storage->add(record::Buffer(size));
  std::size_t at = 0;
  for (const std::string& text : texts) {
    std::memcpy(buffer.data() + at, text.data(), text.size());
    record::Record record;
    record.original = {buffer.data() + at, text.size()};
    storage->records.push_back(record);
    at += text.size();
    buffer.data()[at++] = '\n';
  }
  return storage;
}

/// What a source of lines makes of a text.
inline std::unique_ptr<record::Storage> lines_batch(std::string_view text, std::size_t limit = SIZE_MAX) {
  class Whole final : public codec::ByteStream {
   public:
    explicit Whole(std::string_view text) : text_(text) {}
    std::size_t read(std::span<char> room) override {
      const std::size_t size = std::min(room.size(), text_.size());
      std::memcpy(room.data(), text_.data(), size);
      text_.remove_prefix(size);
      return size;
    }

   private:
    std::string_view text_;
  };
  Whole stream(text);
  codec::RecordReader reader(*codec::find_format("text"), {});
  auto storage = reader.read(stream).storage;
  if (storage->records.size() > limit) storage->records.resize(limit);
  return storage;
}

inline std::shared_ptr<const expr::Program> condition(const std::string& text) {
  std::vector<expr::Problem> problems;
  const auto program = expr::Program::compile(config::LocatedText(text), problems);
  EXPECT_TRUE(program) << text;
  return std::make_shared<expr::Program>(*program);
}

/// Sets the value to one of its own; fails where `bad` is.
class Replace final : public pipeline::Transform {
 public:
  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    const record::Value* bad = draft.value().find("bad");
    if (bad != nullptr) {
      error = {record::DataError::Type::value, "it is bad"};
      return pipeline::Verdict::reject;
    }
    if (draft.value().find("drop") != nullptr) return pipeline::Verdict::drop;
    const auto members = draft.arena().array<record::Member>(1);
    members[0] = {"was", draft.value()};
    draft.replace(record::Value::object(members));
    return pipeline::Verdict::keep;
  }
};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() { chain_.source_format = codec::find_format("ndjson"); }

  Route& add_route(const char* format, const std::string& when = "") {
    Route route;
    route.name = "sinks[" + std::to_string(chain_.routes.size()) + "]";
    if (format != nullptr) route.format = codec::find_format(format);
    if (!when.empty()) route.when = condition(when);
    chain_.routes.push_back(std::move(route));
    return chain_.routes.back();
  }
  void add_template(Route& route, const std::string& text) {
    std::vector<expr::Problem> problems;
    const auto made = expr::Template::compile(config::LocatedText(text), problems);
    ASSERT_TRUE(made);
    templates_.push_back(std::make_unique<expr::Template>(*made));
    route.computed.push_back(templates_.back().get());
  }
  void add_stage() { chain_.stages.push_back({"transforms[0] replace", std::make_shared<Replace>()}); }

  Processed process(const std::vector<std::string>& texts) { return process(json_batch(texts)); }
  Processed process(std::unique_ptr<record::Storage> storage) {
    if (!worker_) worker_ = std::make_unique<Worker>(std::make_shared<Chain>(std::move(chain_)));
    return worker_->process(std::move(storage));
  }
  static std::vector<std::string> encoded(const Processed& processed, std::size_t route) {
    const record::Slice slice(processed.storage, processed.selections[route]);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < slice.size(); ++i)
      texts.emplace_back(slice.encoded(i));
    return texts;
  }

  std::vector<std::unique_ptr<expr::Template>> templates_;
  Chain chain_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace hiveframe::runtime::test
