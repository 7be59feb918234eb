#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/expr/program.hpp"
#include "pipeline/record/draft.hpp"
#include "pipeline/record/storage.hpp"

namespace hiveframe::expr {

/// One record, built, and what expressions see beside it. Values are written as expressions, so that tests
/// need no other format.
class Sample {
 public:
  Sample();
  explicit Sample(std::string_view record_expression);

  /// Adds a member to the record, for values that no expression can write.
  void add(std::string_view name, const record::Value& value);
  void set_env(std::string_view expression);
  void set_state(std::string_view expression);
  void set_key(std::string_view expression);
  /// Metadata of the record alone.
  void set_meta(std::vector<std::string_view> names, std::vector<record::Value> values);

  record::Draft& draft() { return *draft_; }
  record::Storage& storage() { return *storage_; }
  const Inputs& inputs() const { return inputs_; }

  /// The value as show() writes it; "error: …" where it fails for this record; "problem 8-12: …" with the
  /// hint behind a bar where the expression is refused. Programs live as long as the sample.
  std::string operator()(std::string_view expression);
  record::Value value_of(std::string_view expression);

 private:
  std::unique_ptr<record::Storage> storage_;
  std::unique_ptr<record::Draft> draft_;
  std::vector<Program> programs_;
  std::vector<std::string_view> meta_names_;
  std::vector<record::Value> meta_values_;
  record::Envelope envelope_;
  record::Value env_;
  record::Value state_;
  Inputs inputs_;
};

/// On an empty record.
std::string evaluated(std::string_view expression);
/// The problems of an expression, one a line; empty if there are none.
std::string problems_of(std::string_view expression);

/// Types can be told apart: 1, 1.0, decimal 1.0, 'text', b'\xff', ts(…), date(…), dur(…).
std::string show(const record::Value& value);

struct Case {
  std::string_view expression;
  std::string_view expected;
};

}  // namespace hiveframe::expr
