#include "config/json_schema.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

using std::chrono::milliseconds;

enum class Acks { all, one };

struct Sink {
  std::filesystem::path path;
  Acks acks = Acks::all;
  std::uint64_t size = 1 << 20;
  milliseconds timeout{30'000};
  std::optional<milliseconds> max_elapsed;
  std::vector<std::string> columns;
  std::vector<std::pair<std::string, std::string>> headers;
  bool watch = false;
  Secret token;
  double ratio = 0.5;
};
struct Filter {
  std::string condition;
};
struct Pipeline {
  std::string name;
  int parallelism = 1;
  int sink = 0;
  int on_error = 0;
  std::vector<int> transforms;
  Filter filter;
};

OptionTable<Sink> sink_options() {
  OptionTable<Sink> table("file sink", "file", "Writes files");
  table.add("path", &Sink::path, path()).required().help("Where").example("/tmp/out.json");
  table.add("acks", &Sink::acks, choice<Acks>({{"all", Acks::all}, {"1", Acks::one}}));
  table.add("size", &Sink::size, size(1024));
  table.add("timeout", &Sink::timeout, duration());
  table.add("max_elapsed", &Sink::max_elapsed, duration_or_none());
  table.add("columns", &Sink::columns, one_or_list(text()));
  table.add("headers", &Sink::headers, map(text()));
  table.add("watch", &Sink::watch, boolean());
  table.add("token", &Sink::token, secret());
  table.add("ratio", &Sink::ratio, number(0, 1));
  table.uri({.schemes = {"file"}, .plain_paths = true, .path = "path"}, "file:///tmp/x");
  return table;
}

struct Schema {
  rapidjson::Document json;
  std::string text;

  Schema() {
    static const OptionTable<Sink> sink = sink_options();
    OptionTable<Sink> other("other sink", "other", "Takes \"all\"");
    other.uri({.schemes = {"other"}, .words = {"otherwise"}, .host = "path"});
    OptionTable<Filter> filter("filter", "filter", "");
    filter.add("condition", &Filter::condition, text_type()).required();
    filter.compact("condition");
    OptionTable<Pipeline> root("pipeline", "", "A pipeline");
    root.add("name", &Pipeline::name, text_type()).default_note("the file's stem");
    root.add("parallelism", &Pipeline::parallelism, integer(1, 64)).help("Workers");
    root.add("sink", &Pipeline::sink, custom<int>(TypeInfo::connector_of("sink"), nullptr)).required();
    root.add("on_error", &Pipeline::on_error,
             custom<int>(TypeInfo::either("stop, drop or a dead letter", {TypeInfo::words({"stop", "drop"}),
                                                                          TypeInfo::connector_of("sink")}),
                         nullptr));
    root.add("filter", &Pipeline::filter, section(filter));
    TableInfo common;
    common.options = {OptionInfo{.name = "when"}};
    const SchemaRole roles[] = {{"sink", {&sink.info(), &other.info()}, &common}};
    text = json_schema(root.info(), roles, "Pipelines");
    json.Parse(text);
  }
  static OptionType<std::string> text_type() { return config::text(); }
  const rapidjson::Value* at(const char* pointer) const { return rapidjson::Pointer(pointer).Get(json); }
  std::string string_at(const char* pointer) const {
    const auto* value = at(pointer);
    return value && value->IsString() ? value->GetString() : "(none)";
  }
};

TEST(JsonSchema, IsADraft202012Document) {
  const Schema schema;
  ASSERT_FALSE(schema.json.HasParseError()) << schema.text;
  EXPECT_EQ(schema.string_at("/$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema.string_at("/title"), "Pipelines");
  EXPECT_EQ(schema.string_at("/type"), "object");
  EXPECT_FALSE(schema.at("/additionalProperties")->GetBool());
  ASSERT_EQ(schema.at("/required")->Size(), 1U);
  EXPECT_EQ(schema.string_at("/required/0"), "sink");
  EXPECT_EQ(schema.text.back(), '\n');
}

TEST(JsonSchema, OptionsAndBounds) {
  const Schema schema;
  EXPECT_EQ(schema.string_at("/properties/parallelism/anyOf/0/type"), "integer");
  EXPECT_EQ(schema.at("/properties/parallelism/anyOf/0/minimum")->GetInt(), 1);
  EXPECT_EQ(schema.at("/properties/parallelism/anyOf/0/maximum")->GetInt(), 64);
  EXPECT_EQ(schema.string_at("/properties/parallelism/anyOf/1/type"), "string");
  EXPECT_EQ(schema.string_at("/properties/parallelism/anyOf/2/$ref"), "#/$defs/reference");
  EXPECT_EQ(schema.at("/properties/parallelism/default")->GetInt(), 1);
  EXPECT_EQ(schema.string_at("/properties/parallelism/description"), "Workers");
  EXPECT_EQ(schema.string_at("/properties/name/description"), " (default: the file's stem)");
  EXPECT_EQ(schema.string_at("/properties/sink/$ref"), "#/$defs/sink");
  EXPECT_EQ(schema.string_at("/properties/on_error/anyOf/0/anyOf/0/enum/1"), "drop");
  EXPECT_EQ(schema.string_at("/properties/on_error/anyOf/1/$ref"), "#/$defs/sink");
  // Compact form or map.
  EXPECT_EQ(schema.at("/properties/filter/anyOf")->Size(), 2U);
  EXPECT_EQ(schema.string_at("/properties/filter/anyOf/1/required/0"), "condition");
}

TEST(JsonSchema, Connectors) {
  const Schema schema;
  EXPECT_EQ(schema.string_at("/$defs/sink/anyOf/0/type/0"), "string");
  EXPECT_EQ(schema.string_at("/$defs/sink/anyOf/0/examples/0"), "file:///tmp/x");
  EXPECT_EQ(schema.string_at("/$defs/sink/anyOf/1/$ref"), "#/$defs/sink_file");
  const char* file = "/$defs/sink_file/properties";
  const auto under = [&](const char* rest) { return schema.string_at((std::string(file) + rest).c_str()); };
  EXPECT_EQ(under("/type/anyOf/0/enum/0"), "file");
  EXPECT_NE(schema.at("/$defs/sink_file/properties/when"), nullptr);
  EXPECT_EQ(schema.at("/$defs/sink_file/properties/acks/anyOf/0/enum")->Size(), 3U);  // all, "1" and 1
  EXPECT_EQ(schema.at("/$defs/sink_file/properties/acks/anyOf/0/enum/2")->GetInt(), 1);
  EXPECT_EQ(schema.at("/$defs/sink_file/properties/size/anyOf/0/minimum")->GetInt(), 1024);
  EXPECT_EQ(under("/size/default"), "1MiB");
  EXPECT_EQ(under("/max_elapsed/anyOf/2/enum/0"), "none");
  EXPECT_EQ(under("/columns/anyOf/1/type"), "array");
  EXPECT_EQ(under("/headers/type"), "object");
  EXPECT_FALSE(schema.at("/$defs/sink_file/properties/token")->HasMember("default"));
  EXPECT_EQ(schema.string_at("/$defs/sink_file/anyOf/0/required/0"), "uri");
  EXPECT_EQ(schema.string_at("/$defs/sink_file/anyOf/1/required/1"), "path");
  // Plain paths have no pattern; schemes and words do.
  EXPECT_FALSE(schema.at("/$defs/sink_file/properties/uri")->HasMember("pattern"));
  EXPECT_EQ(schema.string_at("/$defs/sink_other/properties/uri/pattern"), "^\\$\\{|^other://|^otherwise$");
}

void check_references(const rapidjson::Value& value, const rapidjson::Document& root) {
  if (value.IsArray())
    for (const auto& each : value.GetArray())
      check_references(each, root);
  if (!value.IsObject()) return;
  for (const auto& member : value.GetObject()) {
    if (member.name == "$ref") {
      const std::string target = member.value.GetString();
      ASSERT_TRUE(target.starts_with("#/"));
      EXPECT_NE(rapidjson::Pointer(target.substr(1)).Get(root), nullptr) << target;
    }
    check_references(member.value, root);
  }
}

TEST(JsonSchema, EveryReferenceLeadsSomewhere) {
  const Schema schema;
  check_references(schema.json, schema.json);
}

}  // namespace
}  // namespace hiveframe::config
