#include "tests/unit/pipeline/expr/evaluation.hpp"

#include <cmath>
#include <stdexcept>

#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

std::string octets(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "b'";
  for (const char c : bytes) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet < 0x7F) {
      text += c;
    } else {
      text += {'\\', 'x', digits[octet >> 4], digits[octet & 15]};
    }
  }
  return text + "'";
}

std::string show_problem(const Problem& problem) {
  return "problem " + std::to_string(problem.begin) + "-" + std::to_string(problem.end) + ": " +
         problem.message + (problem.hint.empty() ? "" : " | " + problem.hint);
}

}  // namespace

Sample::Sample() : Sample("{}") {}

Sample::Sample(std::string_view record_expression) : storage_(std::make_unique<record::Storage>()) {
  storage_->records.resize(1);
  storage_->records[0].tree = true;
  draft_ = std::make_unique<record::Draft>(*storage_, storage_->records[0], storage_->arena);
  storage_->records[0].value = value_of(record_expression);
}

void Sample::add(std::string_view name, const Value& value) {
  const std::span<const record::Member> old = storage_->records[0].value.members();
  const std::span<record::Member> members = storage_->arena.array<record::Member>(old.size() + 1);
  std::copy(old.begin(), old.end(), members.begin());
  members.back() = {name, value};
  storage_->records[0].value = Value::object(members);
}

void Sample::set_env(std::string_view expression) {
  env_ = value_of(expression);
  inputs_.env = &env_;
}

void Sample::set_state(std::string_view expression) {
  state_ = value_of(expression);
  inputs_.state = &state_;
}

void Sample::set_key(std::string_view expression) {
  envelope_.key = value_of(expression);
  storage_->records[0].envelope = &envelope_;
}

void Sample::set_meta(std::vector<std::string_view> names, std::vector<Value> values) {
  meta_names_ = std::move(names);
  meta_values_ = std::move(values);
  storage_->meta_names = meta_names_;
  storage_->records[0].meta = meta_values_.data();
}

std::string Sample::operator()(std::string_view expression) {
  std::vector<Problem> problems;
  std::optional<Program> program = Program::compile(config::LocatedText(std::string(expression)), problems);
  if (!program) return show_problem(problems.at(0));
  programs_.push_back(std::move(*program));
  Value value;
  Failure failure;
  if (!programs_.back().evaluate(*draft_, inputs_, value, failure)) return "error: " + failure.message;
  return show(value);
}

Value Sample::value_of(std::string_view expression) {
  std::vector<Problem> problems;
  std::optional<Program> program = Program::compile(config::LocatedText(std::string(expression)), problems);
  if (!program) throw std::invalid_argument(std::string(expression) + ": " + show_problem(problems.at(0)));
  programs_.push_back(std::move(*program));
  Value value;
  Failure failure;
  if (!programs_.back().evaluate(*draft_, inputs_, value, failure))
    throw std::invalid_argument(failure.message);
  return value;
}

std::string evaluated(std::string_view expression) {
  Sample sample;
  return sample(expression);
}

std::string problems_of(std::string_view expression) {
  std::vector<Problem> problems;
  if (Program::compile(config::LocatedText(std::string(expression)), problems)) return {};
  std::string text;
  for (const Problem& each : problems)
    text += (text.empty() ? "" : "\n") + show_problem(each);
  return text;
}

std::string show(const Value& value) {
  char room[record::max_number_text + record::max_time_text];
  switch (value.kind()) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return value.as_boolean() ? "true" : "false";
    case Kind::int64:
      return std::to_string(value.as_int64());
    case Kind::uint64:
      return std::to_string(value.as_uint64());
    case Kind::float64:
      if (std::isnan(value.as_float64())) return "NaN";
      if (std::isinf(value.as_float64())) return value.as_float64() < 0 ? "-inf" : "inf";
      return {room, record::write_float64(value.as_float64(), room)};
    case Kind::decimal:
      return "decimal " + std::string(value.text());
    case Kind::string:
      return "'" + std::string(value.text()) + "'";
    case Kind::bytes:
      return octets(value.text());
    case Kind::timestamp:
      return "ts(" + std::string(room, record::write_timestamp(value, room)) + ")";
    case Kind::date:
      return "date(" + std::string(room, record::write_date(value, room)) + ")";
    case Kind::duration:
      return "dur(" + std::string(room, record::write_duration(value, room)) + ")";
    case Kind::list: {
      std::string text = "[";
      for (const Value& item : value.items())
        text += (text.size() > 1 ? ", " : "") + show(item);
      return text + "]";
    }
    case Kind::object: {
      std::string text = "{";
      for (const record::Member& member : value.members()) {
        text += (text.size() > 1 ? ", '" : "'") + std::string(member.name) + "': " + show(member.value);
      }
      return text + "}";
    }
  }
  return {};
}

}  // namespace hiveframe::expr
