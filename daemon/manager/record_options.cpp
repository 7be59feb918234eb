#include "daemon/manager/record_options.hpp"

#include <algorithm>

#include "config/did_you_mean.hpp"
#include "config/option_table.hpp"
#include "pipeline/codec/yaml_value.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

TypeInfo any_value(std::string wanted) {
  TypeInfo info = TypeInfo::of(TypeInfo::Kind::any);
  info.wanted = std::move(wanted);
  return info;
}

struct LongForm {
  std::optional<YamlValue> record;
  std::optional<YamlValue> meta;
  std::optional<YamlValue> key;
};

const OptionTable<LongForm>& long_form() {
  static const OptionTable<LongForm> table = [] {
    OptionTable<LongForm> t("input record", "", "A record with what its source gives beside the value");
    t.add("record", &LongForm::record, yaml_value_type("a record")).required().help("The record itself");
    t.add("meta", &LongForm::meta, yaml_map_type("a map"))
        .help("'meta' of expressions, in place of the test's")
        .example("{path: /data/orders.ndjson, line: 7}");
    t.add("key", &LongForm::key, yaml_value_type("a value"))
        .help("'key' of expressions, in place of the test's")
        .example("customer-17");
    return t;
  }();
  return table;
}

std::optional<InputRecord> read_input_record(const Node& item, Reader& reader) {
  if (item.find("record") && is_long_form(item, long_form().info())) {
    std::optional<LongForm> form = long_form().read(item, reader);
    if (!form) return std::nullopt;
    return InputRecord{std::move(*form->record), std::move(form->meta), std::move(form->key)};
  }
  std::optional<YamlValue> record = read_yaml_value(item, reader);
  if (!record) return std::nullopt;
  return InputRecord{std::move(*record), std::nullopt, std::nullopt};
}

}  // namespace

bool is_long_form(const Node& item, const TableInfo& form) {
  const std::vector<std::string> names = form.option_names();
  const auto is_option = [&](const Entry& entry) { return form.find(entry.key.view()) != nullptr; };
  const auto is_meant = [&](const Entry& entry) {
    return is_option(entry) || !nearest(entry.key.view(), names).empty();
  };
  return std::any_of(item.entries().begin(), item.entries().end(), is_option) &&
         std::all_of(item.entries().begin(), item.entries().end(), is_meant);
}

std::optional<YamlValue> read_yaml_value(const Node& node, Reader& reader) {
  const auto owner = std::make_shared<record::Arena>();
  const std::optional<record::Value> value = codec::yaml_value(node, reader, *owner);
  if (!value) return std::nullopt;
  return YamlValue{*value, owner, node.span()};
}

OptionType<YamlValue> yaml_value_type(std::string wanted) {
  return custom<YamlValue>(any_value(std::move(wanted)), &read_yaml_value);
}

OptionType<YamlValue> yaml_map_type(std::string wanted) {
  TypeInfo info = TypeInfo::of(TypeInfo::Kind::map);
  info.element = std::make_shared<const TypeInfo>(any_value("a value"));
  info.wanted = std::move(wanted);
  return custom<YamlValue>(info, [info](const Node& node, Reader& reader) -> std::optional<YamlValue> {
    if (node.is_map()) return read_yaml_value(node, reader);
    reader.wrong_type(node, info);
    return std::nullopt;
  });
}

OptionType<std::vector<InputRecord>> input_records_type() {
  auto type = list(custom<InputRecord>(any_value("a record"), &read_input_record));
  type.info.wanted = "a list of records";
  return type;
}

}  // namespace hiveframe::daemon
