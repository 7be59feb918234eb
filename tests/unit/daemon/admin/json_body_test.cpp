#include "daemon/admin/json_body.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hiveframe::daemon {
namespace {

const Shape& thing() {
  static const Shape shape = object_shape("Thing", {{"level", choice_shape({"info", "debug"}), ""},
                                                    {"ids", list_shape(text_shape()), "", true},
                                                    {"all", flag_shape(), "", true},
                                                    {"most", count_shape(1, 10), "", true}});
  return shape;
}

TEST(JsonBodyTest, WhatFits) {
  for (const char* body : {R"({"level":"info"})", R"( { "level" : "debug", "ids": [], "all": false } )",
                           R"({"ids":["a","b"],"level":"info","most":10})"})
    EXPECT_EQ(find_body_mismatch(thing(), body), std::nullopt) << body;
}

TEST(JsonBodyTest, WrongTypesInEveryMember) {
  for (const char* name : {"level", "ids", "all", "most", "unknown"}) {
    for (const char* value : {"null", "1", "-1", "1.5", "1e400", "[]", "{}", "[1]", "[null]", "\"x\"", "\"\"",
                              "123456789012345678901234567890"}) {
      const bool right = std::string(name) == "ids" && std::string(value) == "[]";
      const bool also_right = std::string(name) == "most" && std::string(value) == "1";
      std::string body = R"({"level":"info",")" + std::string(name) + "\":" + value + "}";
      if (std::string(name) == "level") body = R"({"level":)" + std::string(value) + "}";
      EXPECT_EQ(find_body_mismatch(thing(), body).has_value(), !right && !also_right) << body;
    }
  }
}

TEST(JsonBodyTest, SaysWhatIsWrong) {
  EXPECT_EQ(find_body_mismatch(thing(), ""), "there must be a body, as JSON");
  EXPECT_EQ(find_body_mismatch(thing(), "[]"), "the body must be an object");
  EXPECT_EQ(find_body_mismatch(thing(), "{}"), "member 'level' is missing");
  EXPECT_EQ(find_body_mismatch(thing(), R"({"level":"info","level":"info"})"),
            "member 'level' is there twice");
  EXPECT_EQ(find_body_mismatch(thing(), R"({"level":"loud"})"),
            "member 'level' must be one of info, debug, not 'loud'");
  EXPECT_EQ(find_body_mismatch(thing(), R"({"levl":"info"})"),
            "unknown member 'levl'; did you mean 'level'?");
  EXPECT_TRUE(find_body_mismatch(thing(), "{\"level\":\"info\"} x"));
  EXPECT_TRUE(find_body_mismatch(thing(), "{\"level\":\"\xff\"}"));
  EXPECT_TRUE(find_body_mismatch(thing(), std::string("{\"level\":\"in") + '\0' + "fo\"}"));
}

TEST(JsonBodyTest, DeepNestingIsNoTrouble) {
  const std::string deep = std::string(500'000, '[') + std::string(500'000, ']');
  EXPECT_EQ(find_body_mismatch(thing(), deep), "the body must be an object");
  EXPECT_TRUE(find_body_mismatch(thing(), std::string(1'000'000, '[')));
  EXPECT_TRUE(find_body_mismatch(thing(), R"({"level":)" + deep + "}"));
}

TEST(JsonBodyTest, GivesItsMembers) {
  const JsonBody body(R"({"level":"info","ids":["a","\u00fc"],"all":true})");
  EXPECT_EQ(body.text("level"), "info");
  EXPECT_EQ(body.texts("ids"), (std::vector<std::string>{"a", "\u00fc"}));
  EXPECT_EQ(body.flag("all"), true);
  EXPECT_EQ(body.text("absent"), std::nullopt);
}

}  // namespace
}  // namespace hiveframe::daemon
