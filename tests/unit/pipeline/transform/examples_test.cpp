// What `explain` shows of a transform is what it does.

#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "tests/unit/pipeline/transform/transforming.hpp"

namespace hiveframe::transform {
namespace {

std::string as_item(std::string_view yaml) {
  std::string item = "- ";
  for (const char c : yaml)
    item += c == '\n' ? "\n  " : std::string(1, c);
  return item + "\n";
}

record::Value parsed(std::string_view json, record::Arena& arena) {
  codec::json::ExactReader reader;
  record::Value value;
  record::DataError error;
  EXPECT_TRUE(reader.read(json, arena, value, error)) << json << ": " << error.message;
  return value;
}

std::string written(const record::Value& value) {
  record::Arena arena;
  codec::json::Writer writer(arena);
  EXPECT_TRUE(writer.write(value));
  return std::string(writer.finish());
}

// Records behind the first step.
void carry(const pipeline::Transform& step, record::Draft& draft, std::vector<std::string>& results) {
  pipeline::TransformContext context;
  record::DataError error;
  switch (step.apply(draft, context, error)) {
    case Verdict::keep:
      results.push_back(written(draft.value()));
      break;
    case Verdict::drop:
      break;
    case Verdict::reject:
      results.push_back("bad: " + error.message);
      break;
    case Verdict::split: {
      const std::size_t parts = context.parts;
      for (std::size_t i = 0; i < parts; ++i) {
        record::Value part;
        EXPECT_TRUE(step.part(draft.value(), i, draft.arena(), part, error)) << error.message;
        results.push_back(written(part));
      }
    }
  }
}

TEST(Examples, DoWhatTheySay) {
  for (const TransformKind& kind : transforms()) {
    ASSERT_FALSE(kind.examples.empty()) << kind.table->keyword;
    for (const Example& each : kind.examples) {
      std::string problems;
      const auto steps = read(as_item(each.yaml), &problems);
      ASSERT_TRUE(steps) << problems;
      record::Storage storage;
      storage.records.resize(1);
      storage.records[0].value = parsed(each.record, storage.arena);
      storage.records[0].tree = true;
      record::Draft draft(storage, storage.records[0], storage.arena);
      std::vector<std::string> results;
      carry(*(*steps)[0].transform, draft, results);
      std::vector<std::string> expected;
      for (std::string_view rest = each.result; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        expected.push_back(written(parsed(line, storage.arena)));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      }
      EXPECT_EQ(results, expected) << each.yaml;
    }
  }
}

TEST(Examples, ShowEveryOptionAndChoice) {
  for (const TransformKind& kind : transforms()) {
    std::string all;
    for (const Example& each : kind.examples)
      all.append(each.yaml).append("\n");
    for (const config::OptionInfo& option : kind.table->options) {
      EXPECT_THAT(all, testing::HasSubstr(option.name + ": ")) << "of " << kind.table->name;
      for (const std::string& choice : option.type.choices) {
        if (choice == option.default_text) continue;
        EXPECT_THAT(all, testing::HasSubstr(": " + choice));
      }
    }
    if (kind.table->free_keys) {
      for (const std::string& choice : kind.table->free_keys->choices)
        EXPECT_THAT(all, testing::HasSubstr(": " + choice));
    }
  }
}

}  // namespace
}  // namespace hiveframe::transform
