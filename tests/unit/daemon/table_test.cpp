#include "daemon/cli/table.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace hiveframe::daemon {
namespace {

std::string printed(const Table& table) {
  std::ostringstream out;
  table.print(out);
  return out.str();
}

TEST(TableTest, ColumnsAreAsWideAsTheirCells) {
  Table table({{"NAME"}, {"READ", Table::Align::right}, {"REASON"}});
  table.add({"orders", "1,234", "it waits"});
  table.add({"a", "5", ""});
  EXPECT_EQ(printed(table),
            "NAME     READ  REASON\n"
            "orders  1,234  it waits\n"
            "a           5\n");
}

TEST(TableTest, CountsColumnsOfATerminal) {
  Table table({{"NAME"}, {"X"}});
  table.add({"\u6ce8\u6587", "1"});
  table.add({"gr\u00fcn", "2"});
  EXPECT_EQ(printed(table), "NAME  X\n\u6ce8\u6587  1\ngr\u00fcn  2\n");
}

TEST(TableTest, NothingMovesTheCursor) {
  Table table({{"NAME"}});
  table.add({"a\x1b[2Jb\nc\xff"});
  EXPECT_EQ(printed(table), "NAME\na\uFFFD[2Jb\uFFFDc\uFFFD\n");
}

TEST(TableTest, NoRows) { EXPECT_EQ(printed(Table({{"A"}, {"B"}})), "A  B\n"); }

}  // namespace
}  // namespace hiveframe::daemon
