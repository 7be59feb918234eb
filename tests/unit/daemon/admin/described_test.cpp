#include "daemon/admin/described.hpp"

#include <gtest/gtest.h>

namespace hiveframe::daemon {
namespace {

struct Part {
  std::string name;
};
const Described<Part>& described(const Part*) {
  static const Described<Part> described("Part", shown<Part>("name", &Part::name));
  return described;
}

struct Whole {
  std::uint64_t count = 3;
  std::optional<double> rate;
  std::vector<Part> parts;
  bool done = true;
  std::chrono::system_clock::time_point time =
      std::chrono::system_clock::time_point(std::chrono::milliseconds(1'500));
};
const Described<Whole>& described(const Whole*) {
  static const Described<Whole> described(
      "Whole", shown<Whole>("count", &Whole::count), shown<Whole>("rate", &Whole::rate),
      shown<Whole>("parts", &Whole::parts), shown<Whole>("done", &Whole::done),
      shown<Whole>("time", &Whole::time), shown_choice<Whole>("size", {"small", "large"}, [](const Whole& w) {
        return w.count < 5 ? "small" : "large";
      }));
  return described;
}

std::string one_line(const Whole& whole) {
  config::JsonText out(config::JsonText::Layout::one_line);
  described(&whole).write(out, whole);
  return out.str();
}

TEST(DescribedTest, WritesWhatItDescribes) {
  Whole whole;
  EXPECT_EQ(one_line(whole),
            R"({"count":3,"parts":[],"done":true,"time":"1970-01-01T00:00:01.500Z","size":"small"})");
  whole.rate = 0.5;
  whole.parts = {{"a"}, {"b\"\n"}};
  EXPECT_EQ(one_line(whole), R"({"count":3,"rate":0.5,"parts":[{"name":"a"},{"name":"b\"\n"}],"done":true,)"
                             R"("time":"1970-01-01T00:00:01.500Z","size":"small"})");
}

TEST(DescribedTest, MendsWhatIsNoUtf8) {
  Whole whole;
  whole.parts = {{"\xff\xfe"}};
  EXPECT_NE(one_line(whole).find("\"\uFFFD\uFFFD\""), std::string::npos);
}

TEST(DescribedTest, DescribesEveryMember) {
  const Shape& shape = described(static_cast<const Whole*>(nullptr)).shape();
  ASSERT_EQ(shape.members->size(), 6u);
  EXPECT_EQ((*shape.members)[1].name, "rate");
  EXPECT_TRUE((*shape.members)[1].optional);
  EXPECT_FALSE((*shape.members)[0].optional);
  EXPECT_EQ((*shape.members)[2].shape.items->name, "Part");
  EXPECT_EQ((*shape.members)[5].shape.choices, (std::vector<std::string>{"small", "large"}));
}

TEST(DescribedTest, TimesBeforeTheEpochToo) {
  using std::chrono::system_clock;
  EXPECT_EQ(rfc3339(system_clock::time_point(std::chrono::milliseconds(-1))), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(rfc3339(system_clock::from_time_t(951'782'400)), "2000-02-29T00:00:00.000Z");
}

}  // namespace
}  // namespace hiveframe::daemon
