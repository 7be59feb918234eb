#include "daemon/testing/difference.hpp"

#include <algorithm>

#include "daemon/testing/test_input.hpp"
#include "pipeline/expr/field_path.hpp"
#include "pipeline/record/equal.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::daemon {
namespace {

using record::Kind;
using record::Value;
using Step = expr::FieldPath::Step;

/// Whether a text in YAML stands for a value that YAML has no other way to write.
bool stands_for(std::string_view text, const Value& got) {
  switch (got.kind()) {
    case Kind::timestamp: {
      const std::optional<Value> time = record::parse_timestamp(text);
      return time && record::equal(*time, got);
    }
    case Kind::duration: {
      const std::optional<Value> length = record::parse_duration(text);
      return length && record::equal(*length, got);
    }
    case Kind::date:
    case Kind::bytes:
      return json_of(Value::string(text)) == json_of(got);
    default:
      return false;
  }
}

bool same(const Value& expected, const Value& got) {
  return record::equal(expected, got) || (expected.is(Kind::string) && stands_for(expected.text(), got));
}

class Comparison {
 public:
  explicit Comparison(Extra extra) : extra_(extra) {}

  void compare(const Value& expected, const Value& got) {
    if (expected.is(Kind::object) && got.is(Kind::object)) {
      compare_members(expected, got);
    } else if (expected.is(Kind::list) && got.is(Kind::list)) {
      compare_items(expected, got);
    } else if (!same(expected, got)) {
      add(Difference::Kind::other, expected, got);
    }
  }

  std::vector<Difference> take() { return std::move(found_); }

 private:
  void compare_members(const Value& expected, const Value& got) {
    for (const record::Member& member : expected.members()) {
      path_.push_back({std::string(member.name), 0, false});
      if (const Value* other = got.find(member.name)) {
        compare(member.value, *other);
      } else {
        add(Difference::Kind::missing, member.value, Value());
      }
      path_.pop_back();
    }
    if (extra_ == Extra::ignored) return;
    for (const record::Member& member : got.members()) {
      if (expected.find(member.name)) continue;
      path_.push_back({std::string(member.name), 0, false});
      add(Difference::Kind::extra, Value(), member.value);
      path_.pop_back();
    }
  }

  void compare_items(const Value& expected, const Value& got) {
    const auto ours = expected.items();
    const auto theirs = got.items();
    for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
      path_.push_back({{}, static_cast<std::uint32_t>(i), true});
      if (i >= theirs.size()) {
        add(Difference::Kind::missing, ours[i], Value());
      } else if (i >= ours.size()) {
        add(Difference::Kind::extra, Value(), theirs[i]);
      } else {
        compare(ours[i], theirs[i]);
      }
      path_.pop_back();
    }
  }

  void add(Difference::Kind kind, const Value& expected, const Value& got) {
    found_.push_back({kind, path_.empty() ? std::string() : expr::FieldPath(path_).str(), expected, got});
  }

  const Extra extra_;
  std::vector<Step> path_;
  std::vector<Difference> found_;
};

// Values within a value that hold no others.
std::size_t leaves(const Value& value) {
  std::size_t count = 0;
  if (value.is(Kind::object)) {
    for (const record::Member& member : value.members())
      count += leaves(member.value);
  } else if (value.is(Kind::list)) {
    for (const Value& item : value.items())
      count += leaves(item);
  }
  return std::max<std::size_t>(count, 1);
}

}  // namespace

std::vector<Difference> differences(const Value& expected, const Value& got, Extra extra) {
  Comparison comparison(extra);
  comparison.compare(expected, got);
  return comparison.take();
}

double distance(const Value& expected, const Value& got) {
  double other = 0;
  for (const Difference& each : differences(expected, got)) {
    const auto of_expected =
        static_cast<double>(each.kind == Difference::Kind::extra ? 0 : leaves(each.expected));
    const auto of_got = static_cast<double>(each.kind == Difference::Kind::missing ? 0 : leaves(each.got));
    other += of_expected + of_got;
  }
  return other / static_cast<double>(leaves(expected) + leaves(got));
}

}  // namespace hiveframe::daemon
