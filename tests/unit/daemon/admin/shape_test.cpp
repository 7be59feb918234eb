#include "daemon/admin/shape.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hiveframe::daemon {
namespace {

std::string schema(const Shape& shape) {
  config::JsonText out(config::JsonText::Layout::one_line);
  write_schema(out, shape);
  return out.str();
}

TEST(ShapeTest, IsAJsonSchema) {
  EXPECT_EQ(schema(text_shape()), R"({"type":"string"})");
  EXPECT_EQ(schema(choice_shape({"a", "b"})), R"({"type":"string","enum":["a","b"]})");
  EXPECT_EQ(schema(count_shape(1, 100)), R"({"type":"integer","minimum":1,"maximum":100})");
  EXPECT_EQ(schema(list_shape(flag_shape())), R"({"type":"array","items":{"type":"boolean"}})");
  EXPECT_EQ(schema(time_shape()), R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(schema(any_shape()), "{}");
  Shape name = text_shape();
  name.pattern = "^a$";
  EXPECT_EQ(schema(name), R"({"type":"string","pattern":"^a$"})");
  EXPECT_EQ(schema(object_shape("Thing", {})), R"({"$ref":"#/components/schemas/Thing"})");
}

TEST(ShapeTest, AnObjectSaysWhatItMayHave) {
  config::JsonText out(config::JsonText::Layout::one_line);
  write_object_schema(
      out, object_shape("Thing", {{"a", text_shape(), "What it is"}, {"b", count_shape(), "", true}}));
  EXPECT_EQ(out.str(),
            R"({"type":"object","properties":{"a":{"type":"string","description":"What it is"},)"
            R"("b":{"type":"integer","minimum":0}},"required":["a"],"additionalProperties":false})");
}

TEST(ShapeTest, ObjectsAreCollectedOnce) {
  const Shape inner = object_shape("Inner", {{"x", text_shape(), ""}});
  const Shape outer = object_shape("Outer", {{"one", inner, ""}, {"many", list_shape(inner), ""}});
  std::vector<Shape> all;
  collect_objects(list_shape(outer), all);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "Outer");
  EXPECT_EQ(all[1].name, "Inner");
}

TEST(ShapeTest, WhatAParameterMustBe) {
  const Shape count = count_shape(1, 100);
  for (const char* good : {"1", "100", "7", "007"})
    EXPECT_FALSE(find_mismatch(count, good)) << good;
  for (const char* bad :
       {"", "0", "101", "-1", "+1", " 1", "1 ", "1.0", "1e1", "0x1", "true", "99999999999999999999999999"})
    EXPECT_TRUE(find_mismatch(count, bad)) << bad;
  EXPECT_EQ(find_mismatch(count, "101"), "must be a whole number from 1 to 100, not '101'");
  EXPECT_FALSE(find_mismatch(choice_shape({"a", "b"}), "b"));
  EXPECT_EQ(find_mismatch(choice_shape({"a", "b"}), "A"), "must be one of a, b, not 'A'");
  EXPECT_FALSE(find_mismatch(flag_shape(), "true"));
  EXPECT_TRUE(find_mismatch(flag_shape(), "yes"));
  EXPECT_FALSE(find_mismatch(text_shape(), ""));
}

}  // namespace
}  // namespace hiveframe::daemon
