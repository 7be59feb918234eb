#include "pipeline/codec/yaml_value.hpp"

#include <gtest/gtest.h>
#include <map>
#include <string>

#include "config/yaml.hpp"
#include "pipeline/codec/json/writer.hpp"

namespace hiveframe::codec {
namespace {

class FixedEnvironment final : public config::Environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    return name == "NAME" ? std::optional<std::string>("5") : std::nullopt;
  }
  FileText read_file(const std::filesystem::path&) const override { return {std::nullopt, "not here"}; }
};

// As JSON, or what is said of it.
std::string json(const std::string& yaml) {
  config::Diagnostics diagnostics;
  const FixedEnvironment environment;
  config::Reader reader(environment, diagnostics);
  const config::YamlFile file = config::parse_yaml(config::SourceFile::make("t.yaml", yaml), diagnostics);
  record::Arena arena;
  const std::optional<record::Value> value = yaml_value(file.documents.at(0), reader, arena);
  EXPECT_EQ(value.has_value(), diagnostics.empty());
  if (!value) return diagnostics.render();
  json::Writer writer(arena);
  EXPECT_TRUE(writer.write(*value));
  return std::string(writer.finish());
}

TEST(YamlValue, PlainScalarsAreWhatTheCoreSchemaTakesThemFor) {
  EXPECT_EQ(json("[null, ~, true, False, 1, -2, 3.5, text, 2026-03-01, yes]"),
            R"([null,null,true,false,1,-2,3.5,"text","2026-03-01","yes"])");
  EXPECT_EQ(json("['null', \"1\", 'true']"), R"(["null","1","true"])");
}

TEST(YamlValue, NumbersKeepTheirDigits) {
  EXPECT_EQ(json("[18446744073709551616, 0.1000000000000000055, 1e400, -0]"),
            "[18446744073709551616,0.1000000000000000055,1e400,-0.0]");
  EXPECT_EQ(json("[0x1F, 0o17, +5, 007, .5, 1., 1.e3]"), "[31,15,5,7,0.5,1.0,1000.0]");
}

TEST(YamlValue, ANumberThatNoRecordHoldsIsReported) {
  EXPECT_EQ(json("[1, .nan, {a: -.inf}]"),
            "t.yaml:1:5: error: a record cannot hold the number '.nan'\n"
            "  1 | [1, .nan, {a: -.inf}]\n"
            "    |     ^~~~\n"
            "    = write it as JSON does, or put it in quotes\n"
            "t.yaml:1:15: error: a record cannot hold the number '-.inf'\n"
            "  1 | [1, .nan, {a: -.inf}]\n"
            "    |               ^~~~~\n"
            "    = write it as JSON does, or put it in quotes\n"
            "2 errors in 1 file\n");
}

TEST(YamlValue, TreesKeepTheirOrder) {
  EXPECT_EQ(json("b: {}\na: []\n'': [{c: }]\n'x.y': |\n  two\n  lines\n"),
            R"({"b":{},"a":[],"":[{"c":null}],"x.y":"two\nlines\n"})");
  EXPECT_EQ(json("{b: 1, a: {d: 2, c: 3}}"), R"({"b":1,"a":{"d":2,"c":3}})");
}

TEST(YamlValue, VariablesAreSettledInTextAndStayText) {
  EXPECT_EQ(json("[\"${NAME}\", 'a ${NAME}', '$${NAME}']"), R"(["5","a 5","${NAME}"])");
  EXPECT_EQ(json("{'${NAME}': 1}"), R"({"${NAME}":1})");
}

}  // namespace
}  // namespace hiveframe::codec
