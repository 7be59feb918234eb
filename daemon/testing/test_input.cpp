#include "daemon/testing/test_input.hpp"

#include "pipeline/codec/json/writer.hpp"

namespace hiveframe::daemon {
namespace {

const record::Value* value_of(const std::optional<YamlValue>& own, const std::optional<YamlValue>& of_test) {
  if (own) return &own->value;
  return of_test ? &of_test->value : nullptr;
}

std::vector<std::string_view> names_of(const record::Value* object) {
  std::vector<std::string_view> names;
  if (!object) return names;
  for (const record::Member& member : object->members())
    names.push_back(member.name);
  return names;
}

}  // namespace

std::string json_of(const record::Value& value) {
  record::Arena arena;
  codec::json::Writer writer(arena);
  if (!writer.write(value)) return writer.problem();
  return std::string(writer.finish());
}

TestInput input_of(const PipelineTest& test) {
  const TestSettings& settings = test.settings;
  TestInput input;
  input.format = test.format;
  input.meta = value_of(std::nullopt, settings.meta);
  input.key = value_of(std::nullopt, settings.key);
  if (settings.input_text) {
    input.text = settings.input_text->str();
    return input;
  }
  const bool is_json = test.format->wire == "json";
  for (const InputRecord& each : *settings.input) {
    TestInput::Item item;
    item.original = is_json ? json_of(each.record.value) : std::string(each.record.value.text());
    item.meta = value_of(each.meta, settings.meta);
    item.key = value_of(each.key, settings.key);
    item.names = names_of(item.meta);
    input.items.push_back(std::move(item));
  }
  return input;
}

}  // namespace hiveframe::daemon
