// Checks of several options together.

#include <gtest/gtest.h>

#include "tests/unit/config/demo_options.hpp"

namespace hiveframe::config {
namespace {

// How many problems there are, whose combination is one.
std::size_t combined(const std::string& yaml) {
  const std::string all = problems(yaml);
  EXPECT_EQ(all.find("cannot be combined") != std::string::npos,
            all.find("    = leave one of them out") != std::string::npos);
  return all.find("cannot be combined") == std::string::npos
             ? 0
             : std::stoul(all.substr(all.rfind('\n', all.size() - 2) + 1));
}

TEST(OptionTable, ACombinationIsCheckedWhateverIsWrongElsewhere) {
  EXPECT_EQ(combined("mode: overwrite\nwatch: true\n"), 1U);
  EXPECT_EQ(combined("mode: overwrite\nwatch: true\nport: many\nbase: 0\n"), 3U);
  EXPECT_EQ(combined("mode: overwrite\nwatch: true\nprot: 1\n"), 2U) << "both are given";
  EXPECT_EQ(combined("mode: overwrite\nwatch: perhaps\n"), 0U);
  EXPECT_EQ(combined("mode: overwrit\nwatch: true\n"), 0U);
}

TEST(OptionTable, WhatIsNotGivenMayHaveBeenMisspelled) {
  OptionTable<Settings> table = unchecked_options();
  table.check({"mode", "watch"}, [](Settings& settings, const GivenOptions& given, Reader& reader) {
    if (!settings.watch) reader.error(given.whole, "nobody watches");
  });
  Reading sure("port: many\n");
  EXPECT_FALSE(sure.read(table));
  EXPECT_EQ(sure.diagnostics.count(), 2U);
  Reading unsure("wach: true\n");
  EXPECT_FALSE(unsure.read(table));
  EXPECT_EQ(unsure.diagnostics.count(), 1U);
}

TEST(OptionTable, ACheckOfEverythingNeedsEverythingToBeSound) {
  OptionTable<Settings> table = unchecked_options();
  table.check([](Settings&, const GivenOptions& given, Reader& reader) { reader.error(given.whole, "no"); });
  Reading sound("port: 1\n");
  EXPECT_FALSE(sound.read(table));
  EXPECT_EQ(sound.diagnostics.count(), 1U);
  Reading wrong("port: many\n");
  EXPECT_FALSE(wrong.read(table));
  EXPECT_EQ(wrong.problems().find("error: no"), std::string::npos);
}

TEST(OptionTable, ChecksSeeTheFreeKeysThatAreSound) {
  OptionTable<Set> table("set", "set", "Sets fields");
  table.free_keys(&Set::assignments, text(), text(), "Path and expression");
  std::string seen;
  table.check({}, [&seen](Set& set, const GivenOptions& given, Reader&) {
    ASSERT_EQ(set.assignments.size(), given.options.size());
    for (std::size_t i = 0; i < given.options.size(); ++i)
      seen += given.options[i].name.str() + set.assignments[i].second + " ";
    seen += given.damaged ? "damaged" : "whole";
  });
  Reading bad("z: [1]\na: 2\n");
  EXPECT_FALSE(bad.read(table));
  EXPECT_EQ(seen, "a2 damaged");
  seen.clear();
  Reading good("z: 1\na: 2\n");
  EXPECT_TRUE(good.read(table));
  EXPECT_EQ(seen, "z1 a2 whole");
}

}  // namespace
}  // namespace hiveframe::config
