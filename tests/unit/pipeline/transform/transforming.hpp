#pragma once

#include <gmock/gmock.h>
#include <memory>

#include "config/yaml.hpp"
#include "pipeline/transform/registry.hpp"
#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::transform {

using expr::Sample;
using expr::show;
using pipeline::Verdict;

struct NoEnvironment final : config::Environment {
  std::optional<std::string> variable(std::string_view) const override { return std::nullopt; }
  FileText read_file(const std::filesystem::path&) const override { return {std::nullopt, "none"}; }
};

inline std::optional<std::vector<Step>> read(const std::string& yaml, std::string* problems = nullptr) {
  const NoEnvironment environment;
  config::Diagnostics diagnostics;
  config::Reader reader(environment, diagnostics);
  const config::YamlFile file = config::parse_yaml(config::SourceFile::make("t.yaml", yaml), diagnostics);
  std::optional<std::vector<Step>> steps;
  if (!file.documents.empty()) steps = read_transforms(file.documents[0], reader);
  if (problems != nullptr) *problems = diagnostics.render();
  return steps;
}

inline std::string problems_of(const std::string& yaml) {
  std::string problems;
  EXPECT_FALSE(read(yaml, &problems).has_value() && problems.empty());
  return problems;
}

/// What becomes of a record behind the step `first`; those of which several come are joined by " | ".
inline std::string after(const std::vector<Step>& steps, std::size_t first, record::Draft& draft,
                         pipeline::TransformContext& context) {
  const std::string before = show(draft.record().value);
  for (std::size_t i = first; i < steps.size(); ++i) {
    record::DataError error;
    switch (steps[i].transform->apply(draft, context, error)) {
      case Verdict::keep:
        break;
      case Verdict::drop:
        return "dropped";
      case Verdict::reject:
        EXPECT_FALSE(draft.record().changed && first == 0);
        EXPECT_EQ(show(draft.record().value), before) << "a rejected record is as it came in";
        return std::string(record::name(error.type)) + ": " + error.message;
      case Verdict::split: {
        EXPECT_TRUE(steps[i].transform->splits());
        const record::Value whole = draft.value();
        const std::size_t parts = context.parts;
        std::string all;
        for (std::size_t number = 0; number < parts; ++number) {
          record::Record part = draft.record();
          part.tree = part.changed = true;
          if (!steps[i].transform->part(whole, number, draft.arena(), part.value, error))
            return std::string(record::name(error.type)) + ": " + error.message;
          record::Draft piece(draft.storage(), part, draft.arena());
          all += (number == 0 ? "" : " | ") + after(steps, i + 1, piece, context);
        }
        return all;
      }
    }
  }
  if (!draft.record().changed) {
    EXPECT_EQ(show(draft.record().value), before);
    return "unchanged";
  }
  return show(draft.value());
}

/// What becomes of a record: its value, "unchanged", "dropped", or why it was rejected.
inline std::string after(const std::string& yaml, Sample& sample) {
  std::string problems;
  const std::optional<std::vector<Step>> steps = read(yaml, &problems);
  if (!steps) return problems;
  pipeline::TransformContext context{sample.inputs()};
  return after(*steps, 0, sample.draft(), context);
}

inline std::string after(const std::string& yaml, std::string_view record) {
  Sample sample(record);
  return after(yaml, sample);
}

}  // namespace hiveframe::transform
