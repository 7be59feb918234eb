#include "daemon/testing/difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/record/time_text.hpp"
#include "tests/unit/daemon/testing/yaml_text.hpp"

namespace hiveframe::daemon {
namespace {

using record::Value;
using testing::ElementsAre;
using testing::IsEmpty;

// "+path" extra, "-path" missing, "path" other.
std::vector<std::string> between(const Value& expected, const Value& got, Extra extra = Extra::counts) {
  std::vector<std::string> found;
  for (const Difference& each : differences(expected, got, extra)) {
    const char* mark = each.kind == Difference::Kind::extra     ? "+"
                       : each.kind == Difference::Kind::missing ? "-"
                                                                : "";
    found.push_back(mark + each.path);
  }
  return found;
}

std::vector<std::string> between(const std::string& expected, const std::string& got,
                                 Extra extra = Extra::counts) {
  const YamlValue left = yaml(expected);
  const YamlValue right = yaml(got);
  return between(left.value, right.value, extra);
}

TEST(Difference, NumbersAreTheSameIfTheyAreTheSameNumber) {
  EXPECT_THAT(between("[1, 1.0, 1e2, 0x10, -0.0]", "[1.0, 1, 100, 16, 0]"), IsEmpty());
  EXPECT_THAT(between("18446744073709551615", "18446744073709551615.0"), IsEmpty());
  EXPECT_THAT(between("18446744073709551616", "1.8446744073709551616e19"), IsEmpty());
  // Neighbours that are one double.
  EXPECT_THAT(between("9007199254740993", "9007199254740992"), ElementsAre(""));
  EXPECT_THAT(between("0.1", "0.10000000000000001"), ElementsAre("")) << "no digit is lost";
}

TEST(Difference, KindsAreNotMixedUp) {
  EXPECT_THAT(between("{a: 1, b: 'true', c: null, d: ''}", "{a: '1', b: true, c: '', d: null}"),
              ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(between("{a: [], b: {}}", "{a: {}, b: []}"), ElementsAre("a", "b"));
}

TEST(Difference, AbsentIsNotNull) {
  EXPECT_THAT(between("{a: null}", "{}"), ElementsAre("-a"));
  EXPECT_THAT(between("{}", "{a: null}"), ElementsAre("+a"));
}

TEST(Difference, SaysWhereByFieldPath) {
  EXPECT_THAT(between("{a: {b: [1, {c: 2}]}, 'x.y': {é: 1}, z: 1}",
                      "{a: {b: [1, {c: 3, d: 4}, 5]}, 'x.y': {é: 2, 'a b': 1}}"),
              ElementsAre("a.b[1].c", "+a.b[1].d", "+a.b[2]", "['x.y'].é", "+['x.y']['a b']", "-z"));
  EXPECT_THAT(between("[1, 2]", "[1]"), ElementsAre("-[1]"));
  EXPECT_THAT(between("1", "{a: 1}"), ElementsAre(""));
}

TEST(Difference, TheOrderOfFieldsIsNone) {
  EXPECT_THAT(between("{a: 1, b: {c: 2, d: 3}}", "{b: {d: 3, c: 2}, a: 1}"), IsEmpty());
  EXPECT_THAT(between("[1, 2]", "[2, 1]"), ElementsAre("[0]", "[1]"));
}

TEST(Difference, AFieldMayBeEmptyOrHaveNoName) {
  EXPECT_THAT(between("{'': 1}", "{}"), ElementsAre("-['']"));
}

TEST(Difference, OfAPartOnlyWhatItHoldsCounts) {
  EXPECT_THAT(between("{a: {b: 1}}", "{a: {b: 1, c: 2}, d: 3}", Extra::ignored), IsEmpty());
  EXPECT_THAT(between("{a: {b: 1}, e: null}", "{a: {b: 2, c: 2}, d: 3}", Extra::ignored),
              ElementsAre("a.b", "-e"));
  EXPECT_THAT(between("{a: [1]}", "{a: [1, 2]}", Extra::ignored), ElementsAre("+a[1]")) << "a list is whole";
}

TEST(Difference, TextStandsForWhatYamlCannotSay) {
  const Value noon = *record::parse_timestamp("2026-03-01T12:00:00Z");
  EXPECT_THAT(between(yaml("2026-03-01T12:00:00Z").value, noon), IsEmpty());
  EXPECT_THAT(between(yaml("2026-03-01T14:00:00.000+02:00").value, noon), IsEmpty());
  EXPECT_THAT(between(yaml("2026-03-01T12:00:00.000000001Z").value, noon), ElementsAre(""));
  EXPECT_THAT(between(yaml("2026-03-01T12:00:00").value, noon), ElementsAre("")) << "a local time is another";
  EXPECT_THAT(between(noon, Value::string("2026-03-01T12:00:00Z")), ElementsAre("")) << "got a text";
  const Value length = Value::duration(90, 500'000'000);
  EXPECT_THAT(between(yaml("90.5s").value, length), IsEmpty());
  EXPECT_THAT(between(yaml("1m30.5s").value, length), IsEmpty());
  EXPECT_THAT(between(yaml("90s").value, length), ElementsAre(""));
  EXPECT_THAT(between(yaml("90.5").value, length), ElementsAre("")) << "a number is none";
  EXPECT_THAT(between(yaml("1970-01-02").value, Value::date(1)), IsEmpty());
  EXPECT_THAT(between(yaml("1970-01-03").value, Value::date(1)), ElementsAre(""));
  EXPECT_THAT(between(yaml("aGk=").value, Value::bytes("hi")), IsEmpty());
  EXPECT_THAT(between(yaml("hi").value, Value::bytes("hi")), ElementsAre(""));
}

TEST(Difference, DistanceGrowsWithWhatIsOther) {
  const auto far = [](const std::string& expected, const std::string& got) {
    return distance(yaml(expected).value, yaml(got).value);
  };
  EXPECT_EQ(far("{a: 1, b: 2}", "{a: 1, b: 2}"), 0);
  EXPECT_EQ(far("{a: 1}", "{b: 1}"), 1);
  EXPECT_EQ(far("1", "2"), 1);
  EXPECT_LT(far("{a: 1, b: 2, c: 3}", "{a: 1, b: 2, c: 4}"), far("{a: 1, b: 2, c: 3}", "{a: 1, b: 1, c: 4}"));
}

}  // namespace
}  // namespace hiveframe::daemon
