#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/testing/pipeline_test.hpp"

namespace hiveframe::daemon {

/// What the source of a test gives: the bytes of each record, or a text that records are cut from. Values and
/// names stand in the test, which outlives it. Immutable; read by any thread.
struct TestInput {
  struct Item {
    std::string original;                 ///< in `format`
    const record::Value* meta = nullptr;  ///< an object, or null
    const record::Value* key = nullptr;   ///< or null
    std::vector<std::string_view> names;  ///< of its metadata
  };

  const codec::Format* format = nullptr;
  std::vector<Item> items;
  std::optional<std::string> text;      ///< in place of items
  const record::Value* meta = nullptr;  ///< of all records of `text`
  const record::Value* key = nullptr;
};

TestInput input_of(const PipelineTest& test);

/// A record of YAML as JSON, in one line.
std::string json_of(const record::Value& value);

}  // namespace hiveframe::daemon
