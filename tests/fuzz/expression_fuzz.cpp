// libFuzzer: any text as an expression, a template and a field path, over a small record. Problems stand in
// the text; what compiles ends, the same way each time, and gives a value that can be looked at.
#include <cstdint>
#include <string>

#include "config/utf8.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "pipeline/expr/field_path.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/expr/template.hpp"
#include "pipeline/record/storage.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using expr::Failure;
using expr::Problem;
using expr::Program;
using expr::Template;
using fuzz::require;
using record::Member;
using record::Value;

/// {"a": 1, "b": {"c": [1, 2.5, "x", null]}, "name": "Grüße", "ok": true, "big": 18446744073709551615,
///  "d": 0.10, "t": 2023-11-14T22:13:20Z, "o": b"\xFFa"}
class Sample {
 public:
  Sample() {
    storage_.records.resize(1);
    record::Record& record = storage_.records[0];
    record.tree = true;
    record.value = Value::object(members_);
    storage_.read_at = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  }

  record::Draft& draft() { return draft_; }
  /// uuid() gives the same for each new sample.
  const expr::Inputs& inputs() const { return inputs_; }

  /// As JSON, or the failure.
  std::string evaluate(const Program& program) {
    Value value;
    Failure failure;
    if (!program.evaluate(draft_, inputs_, value, failure)) return "failure: " + checked(failure);
    codec::json::Writer writer(output_);
    if (!writer.write(value)) return "no JSON: " + writer.problem();
    std::string text(writer.finish());
    require(config::find_invalid_utf8(text) == std::string_view::npos, "values are UTF-8", text);
    return text;
  }

  std::string render(const Template& text) {
    std::string out;
    Failure failure;
    if (!text.render(draft_, inputs_, out, failure)) return "failure: " + checked(failure);
    return out;
  }

  static const std::string& checked(const Failure& failure) {
    require(!failure.message.empty(), "a failure says why");
    return failure.message;
  }

 private:
  std::vector<Value> items_ = {Value::int64(1), Value::float64(2.5), Value::string("x"), Value()};
  std::vector<Member> inner_ = {{"c", Value::list(items_)}};
  std::vector<Member> members_ = {{"a", Value::int64(1)},
                                  {"b", Value::object(inner_)},
                                  {"name", Value::string("Gr\xC3\xBC\xC3\x9F"
                                                         "e")},
                                  {"ok", Value::boolean(true)},
                                  {"big", Value::uint64(UINT64_MAX)},
                                  {"d", Value::decimal("0.100000000000000000000001")},
                                  {"t", Value::timestamp(1'700'000'000, 0)},
                                  {"o", Value::bytes("\xFF"
                                                     "a")}};
  expr::Inputs inputs_{.random = expr::RandomBits(1)};
  record::Storage storage_;
  record::Arena scratch_;
  record::Arena output_;
  record::Draft draft_{storage_, (storage_.records.resize(1), storage_.records[0]), scratch_};
};

void check(const std::vector<Problem>& problems, bool compiled, const std::string& text) {
  require(compiled == problems.empty(), "what does not compile is reported", text);
  for (const Problem& each : problems) {
    require(each.begin <= each.end && each.end <= text.size(), "a problem stands in the text", text);
    require(!each.message.empty(), "a problem says what", text);
  }
}

void check_expression(const config::LocatedText& text) {
  std::vector<Problem> problems;
  const std::optional<Program> program = Program::compile(text, problems);
  check(problems, program.has_value(), text.str());
  if (!program) return;
  const std::string first = Sample().evaluate(*program);
  require(Sample().evaluate(*program) == first, "an evaluation can be repeated", text.view());
  Sample sample;
  bool yes = false;
  Failure failure;
  const bool tested = program->test(sample.draft(), sample.inputs(), yes, failure);
  require(tested == (first == "true" || first == "false"), "a condition is true or false", text.view());
  require(!tested || yes == (first == "true"), "a condition is what the expression is", text.view());
}

void check_template(const config::LocatedText& text) {
  std::vector<Problem> problems;
  const std::optional<Template> compiled = Template::compile(text, problems);
  check(problems, compiled.has_value(), text.str());
  if (!compiled) return;
  const std::string first = Sample().render(*compiled);
  require(Sample().render(*compiled) == first, "a text can be repeated", text.view());
  if (const auto constant = compiled->constant())
    require(first == *constant, "what is constant does not change", text.view());
}

void check_path(const std::string& text) {
  Problem problem;
  const auto path = expr::FieldPath::parse(text, problem);
  if (!path) {
    require(problem.begin <= problem.end && problem.end <= text.size(), "a problem stands in the text", text);
    return;
  }
  const auto again = expr::FieldPath::parse(path->str(), problem);
  require(again && *again == *path, "a path comes through being written", text);
  Sample sample;
  record::DataError error;
  Value root = sample.draft().value();
  const Value mark = Value::int64(42);
  if (!path->set(root, mark, sample.draft().arena(), error)) return;
  const Value* found = path->get(root);
  require(found != nullptr && found->is(record::Kind::int64) && found->as_int64() == 42,
          "what was set is there", text);
  require(path->remove(root, sample.draft().arena()), "what is there can be removed", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto file = config::SourceFile::make("EXPRESSION", bytes);
  const config::LocatedText text(file, 0, bytes);
  check_expression(text);
  check_template(text);
  check_path(bytes);
  return 0;
}
