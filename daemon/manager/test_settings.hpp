#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/text.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::daemon {

/// A value that stands in YAML, and where. Copies share what it is made of.
struct YamlValue {
  record::Value value;
  std::shared_ptr<const record::Arena> owner;
  config::Span place;
};

/// A record that a test gives its pipeline. `meta` is an object; nothing: that of the test.
struct InputRecord {
  YamlValue record;
  std::optional<YamlValue> meta;
  std::optional<YamlValue> key;
};

/// What a test wants of one record. At least one of the three is there, all that are must hold.
struct ExpectedRecord {
  config::Span place;
  std::optional<YamlValue> record;    ///< it is this, no more and no less
  std::optional<YamlValue> contains;  ///< its members, and theirs, are among those of the record
  std::optional<expr::Program> check;
};

/// The records that one sink gets, in order.
struct ExpectedOutput {
  config::LocatedText sink;  ///< its place or URI; empty: the only one
  config::Span place;
  std::vector<ExpectedRecord> records;
};

/// What a test wants of one bad record; what is not given may be anything.
struct ExpectedLetter {
  config::Span place;
  std::optional<record::DataError::Type> error;
  std::optional<std::string> message;  ///< is part of it
  std::optional<std::string> stage;    ///< is part of it
  std::optional<YamlValue> record;     ///< as it came
};

/// An item of `tests:`, read and checked by itself.
struct TestSettings {
  config::LocatedText name;
  config::Span place;
  std::optional<std::vector<InputRecord>> input;
  std::optional<config::LocatedText> input_text;
  const codec::Format* format = nullptr;  ///< of input_text; nullptr: the source's
  std::optional<std::chrono::system_clock::time_point> now;
  std::map<std::string, std::string> env;
  std::optional<YamlValue> meta;  ///< an object
  std::optional<YamlValue> key;
  std::optional<std::vector<ExpectedOutput>> expect;
  std::vector<ExpectedLetter> dead_letters;
  std::optional<std::int64_t> filtered;
};

}  // namespace hiveframe::daemon
